package network

import "time"

// AttemptDelay is how long the attempt to connect to one address of a host goes on before the next address is tried as well
// (RFC 8305, section 5).
const AttemptDelay = 250 * time.Millisecond
