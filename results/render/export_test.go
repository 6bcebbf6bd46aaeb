package render

// Unregister removes formats, so that those of one test are not there in another.
func Unregister(names ...string) {
	for _, name := range names {
		delete(formats, name)
	}
}
