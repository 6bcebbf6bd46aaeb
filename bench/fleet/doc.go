// Package fleet makes the requests of a run on several machines.
//
// One machine is the coordinator, which runs a plan of package bench as if it made the requests itself. The others are agents, which
// make them. A [Fleet] is the coordinator's side: [Fleet.Strategy] turns a strategy into one whose sessions are open on all agents.
// So what decides what to measure, and what is made of the measurements, need not know of agents. [Serve] is an agent.
//
// # Messages
//
// All messages go over a NATS server, which the coordinator embeds unless it is given another. They are JSON, and NATS delivers each at
// most once: nothing is stored, since a trial that is delivered twice would be made twice. Who does not get an answer asks again, with
// the same ID, and an agent does what it was asked under one ID once.
//
// The subjects of a fleet begin with its room: "sweetspot." and a hash of the token. On a server that several fleets use they do not
// hear one another. COORDINATOR and AGENT are random names of one start each.
//
//	ROOM.beat                    beats, to all agents
//	ROOM.COORDINATOR.join        an agent asks to join
//	ROOM.COORDINATOR.pulse       an agent's answer to a beat
//	ROOM.COORDINATOR.note        an agent reports how far a trial is
//	ROOM.COORDINATOR.leave       an agent ends
//	ROOM.COORDINATOR.farewell    the coordinator ends
//	ROOM.COORDINATOR.content     an agent asks for a piece of a long text, such as a list of URLs
//	ROOM.AGENT.call              the coordinator has the agent do something, and waits for the answer
//	ROOM.AGENT.dismissal         the coordinator has taken the agent for lost
//	ROOM.AGENT.content           the coordinator asks for a piece of a measurement
//
// A text that may be too long for a message is named by its hash and its size in the message. Who does not have it asks for it, piece by
// piece. So a list of a million URLs goes to each agent once.
//
// # Joining
//
// The coordinator sends a beat several times per lease. A beat says whether it wants an agent. An agent that has no coordinator asks to
// join when it hears one. It is refused if its version of the program is another, if another agent has its name, or if there are
// enough. A wrong token is refused by the server.
//
// # Leases
//
// Each machine has two connections. Over one of them go beats and pulses only, so that a machine which is busy with its load is not taken
// for a lost one. An agent answers each beat of its coordinator. One that has not answered for the lease is lost, and a trial in which it
// had a part is void. An agent that has heard no beat for the lease stops its load, closes its sessions and looks for a coordinator
// again, the same or another. So does one that was taken for lost and is heard again. When it joins under the name of one that was lost, it takes its place.
//
// A void trial counts for nothing. The session then waits until the same names are all there, and is opened on all of them anew.
//
// # Clocks
//
// Nobody trusts the time of day of another machine. Each machine has a clock of its own that counts from its start and runs evenly. A
// beat is a ping too: the agent's answer has the reading of its clock. The offset between two clocks is known from the fastest of
// several round trips, to half of that trip (Cristian, 1989). It is measured anew before each trial. Half of the trip is the skew that
// is reported: the most by which the agent's window may have been off from those of the others.
//
// # A trial
//
// The phases are calls, each of which all agents have answered before the next begins:
//
//	prepare  each agent gets its part: see bench.Order.Share
//	begin    the agents warm up, and report when their slots are full
//	window   when the last has reported so: the window opens at an instant to come, which each is given by its own clock
//	shut     when enough is measured, by the sum of what they report: the window ends at an instant to come
//	finish   each agent sends its measurement when nothing is in flight any more
//
// A batch has no end that is set: it is over when all agents have made their requests. The instants are so far ahead that all agents
// hear of them in time. One that does not, by more than 10 ms, voids the trial, and the next is given more notice. The measurements are
// merged exactly: see bench.Merge.
//
// How much notice an instant needs is taken from the call before it, and from how late machines were in the trials before.
//
// If the coordinator is interrupted, the agents shut the window, stop at once and send what they have.
//
// # Size
//
// 200 agents in one process with their coordinator, on two processors that others use too, have their window open 0.19 s after the last
// was warm, of which 0.1 s are the notice. What they have measured is 1.5 kB each, and takes 0.07 s to read and merge. See make
// fleet-scale.
//
// For 1,000 agents that makes, on paper: 0.4 s to read and merge a trial, 2,000 connections, and 4,000 beats and as many pulses per
// second, of 200 bytes each. A NATS server carries some hundred times as many. What grows with the agents beside that is the chance that
// one of 1,000 is lost or late, which voids a trial: for a run of an hour with few repeated trials, an agent must not be lost more often
// than once in some hundred hours.
package fleet
