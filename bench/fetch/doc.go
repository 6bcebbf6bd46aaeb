// Package fetch makes many requests and keeps what it gets. It has the limiter that finds the best limit while it goes.
package fetch
