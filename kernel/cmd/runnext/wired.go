package main

import (
	"os"

	"runnext/install"
)

// wired gives the bodies this program is built with.
func wired() bodies {
	return bodies{
		host:       install.ThisHost(),
		executable: os.Executable,
	}
}
