package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"runtime/debug"
	"sync"
	"time"
)

// errTooLarge is what reading past a cap ends in.
var errTooLarge = errors.New("too large")

// errReset is an answer by HTTP/2 that the server broke off.
var errReset = errors.New("HTTP/2 was broken off")

// errCrowded is a large body that found no room in time.
var errCrowded = errors.New("no room")

// limitReader fails loudly past its limit: io.LimitReader would report a clean
// end and let a truncated feed through as if it were whole.
type limitReader struct {
	r    io.Reader
	left int64
}

func (c *limitReader) Read(p []byte) (int, error) {
	if int64(len(p)) > c.left+1 {
		p = p[:c.left+1] // one byte more than allowed, to notice it
	}
	n, err := c.r.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return n, errTooLarge
	}
	return n, err
}

// pools lend buffers and decompressors, so that an exchange that finds nothing new
// leaves no garbage. There are many bodies as received, waiting for their turn, and
// few decompressed ones, which are several times as large: a buffer stays what it
// was made for.
type pools struct {
	wires, bodies buffers
	zips          sync.Pool
}

type buffers struct{ pool sync.Pool }

// keepBuffer is the largest buffer worth keeping between exchanges: one huge
// feed must not make every buffer huge.
const keepBuffer = 1 << 20

func (p *buffers) get() *bytes.Buffer {
	if b, ok := p.pool.Get().(*bytes.Buffer); ok {
		return b
	}
	return new(bytes.Buffer)
}

func (p *buffers) put(b *bytes.Buffer) {
	if b.Cap() <= keepBuffer {
		b.Reset()
		p.pool.Put(b)
	}
}

// A limiter bounds what all exchanges together hold in memory and how long they
// keep each other waiting. At most maxLargeBodies bodies over a megabyte are held
// at a time, and only as many bodies as there are processors are decompressed and
// parsed at a time. Of those one at most is large, so that fifty publishers of
// huge documents fill neither the memory nor all workers.
type limiter struct {
	largeBodies chan struct{} // large bodies being received, or received and not yet parsed
	largeWork   chan struct{} // a large body being decompressed and parsed
	work        chan struct{} // bodies being decompressed and parsed
	workers     chan func()   // taken by goroutines that wait for such work
	quit        chan struct{} // closed when none shall wait any longer
}

// maxLargeBodies are held at a time; each may grow to Settings.MaxBody.
const maxLargeBodies = 4

func newLimiter() limiter {
	return limiter{
		largeBodies: make(chan struct{}, maxLargeBodies),
		largeWork:   make(chan struct{}, 1),
		work:        make(chan struct{}, max(2, runtime.GOMAXPROCS(0))),
		workers:     make(chan func()),
		quit:        make(chan struct{}),
	}
}

// begin takes a place for the work on one body; end gives it back.
func (m limiter) begin(ctx context.Context, large bool) (end func(), err error) {
	if large {
		if err := enter(ctx, m.largeWork); err != nil {
			return nil, err
		}
	}
	if err = enter(ctx, m.work); err != nil && large {
		leave(m.largeWork)
	}
	return func() {
		leave(m.work)
		if large {
			leave(m.largeWork)
		}
	}, err
}

// idleWork is how long a goroutine waits for further work.
const idleWork = time.Minute

// run has f done by a goroutine that did such work before, if one waits, and
// returns when it is done. A parser needs a large stack: hundreds of exchanges
// would each grow one of their own. If f panics, so does run.
func (m limiter) run(f func()) {
	var broken any
	done := make(chan struct{})
	job := func() {
		defer close(done)
		defer func() {
			if r := recover(); r != nil {
				broken = fmt.Sprintf("%v\n%s", r, debug.Stack())
			}
		}()
		f()
	}
	select {
	case m.workers <- job:
	default:
		go m.serve(job)
	}
	<-done
	if broken != nil {
		panic(broken)
	}
}

// serve does one job, and others until there were none for a while.
func (m limiter) serve(job func()) {
	timer := time.NewTimer(idleWork)
	defer timer.Stop()
	for {
		job()
		timer.Reset(idleWork)
		select {
		case job = <-m.workers:
		case <-timer.C:
			return
		case <-m.quit:
			return
		}
	}
}

// enter takes a place in c, waiting no longer than ctx.
func enter(ctx context.Context, c chan struct{}) error {
	select {
	case c <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func leave(c chan struct{}) { <-c }

// receive reads the body of resp as it comes over the wire, at most limit
// bytes, into buf. A large one keeps its room until done is called, which must
// be when nobody needs buf any more; done is never nil.
func (c *Client) receive(ctx context.Context, resp *http.Response, buf *bytes.Buffer, limit int64) (done func(), err error) {
	done = func() {}
	if resp.ContentLength > limit {
		return done, errTooLarge // said beforehand: not a byte of it is needed
	}
	small := min(limit, keepBuffer)
	if resp.ContentLength <= small {
		_, err := buf.ReadFrom(&limitReader{resp.Body, small})
		if !errors.Is(err, errTooLarge) || limit == small {
			return done, asReset(resp.ProtoMajor == 2, ctx, err)
		}
	}
	if err := enter(ctx, c.limiter.largeBodies); err != nil {
		return done, errCrowded
	}
	_, err = buf.ReadFrom(&limitReader{resp.Body, limit - int64(buf.Len())})
	return func() { leave(c.limiter.largeBodies) }, asReset(resp.ProtoMajor == 2, ctx, err)
}
