// Command retry runs a command until it succeeds: retry -n 5 -wait 1s -- make test
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"time"
)

func backoff(attempt int, base, limit time.Duration) time.Duration {
	wait := base << attempt
	if wait > limit {
		return limit
	}
	return wait
}

func run(args []string) error {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	return cmd.Run()
}

func main() {
	tries := flag.Int("n", 5, "how often to try")
	base := flag.Duration("wait", time.Second, "wait after the first failure; doubles each time")
	limit := flag.Duration("max", time.Minute, "longest wait")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: retry [-n tries] [-wait 1s] [-max 1m] -- command [args]")
		os.Exit(2)
	}
	for attempt := 0; attempt < *tries; attempt++ {
		err := run(flag.Args())
		if err == nil {
			return
		}
		fmt.Fprintf(os.Stderr, "retry: attempt %d of %d: %v\n", attempt+1, *tries, err)
		if attempt+1 < *tries {
			time.Sleep(backoff(attempt, *base, *limit))
		}
	}
	os.Exit(1)
}
