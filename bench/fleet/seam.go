package fleet

import "errors"

// errVoid is the error of a trial that must not be used, since an agent was lost.
var errVoid = errors.New("the trial is void")
