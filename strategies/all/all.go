// Package all registers every strategy of this module: those of packages strategies, eventloop and python. Import it only for
// this effect, as one imports a database driver:
//
//	import _ "sweetspot/strategies/all"
package all

import (
	_ "sweetspot/strategies"
	_ "sweetspot/strategies/eventloop"
	_ "sweetspot/strategies/python"
)
