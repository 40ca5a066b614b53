// Package wire holds what both ends of LINE's API must agree on: paths, host
// names and JSON shapes. It has no behaviour. The platform answers with these
// types, and the library, the simulator and the command line read them.
//
// Clients must not read these shapes strictly: LINE says that responses may gain
// members and change order without notice (LINE Login v2.1 API reference).
package wire
