// Package all registers every strategy of this module: those of packages strategies, eventloop and python. Import it for that
// effect, as database drivers are:
//
//	import _ "sweetspot/strategies/all"
package all

import (
	_ "sweetspot/strategies"
	_ "sweetspot/strategies/eventloop"
	_ "sweetspot/strategies/python"
)
