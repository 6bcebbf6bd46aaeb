// Package fleet makes the requests of a run on several machines.
package fleet
