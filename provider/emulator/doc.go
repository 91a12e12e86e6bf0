// Package emulator is what the emulators of all products share: a store that
// survives a crash, variants for what a product's documentation leaves open,
// faults, a request log, latency, rate windows, and a transport that runs
// requests in-process without a socket.
//
// It knows nothing of any product: no header, no envelope, no way of paging. A
// product's emulator registers its tables with a Store, writes an ordinary
// http.Handler over them, and hands both to New.
package emulator
