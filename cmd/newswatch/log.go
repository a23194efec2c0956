package main

import (
	"bytes"
	"context"
	"io"
	stdlog "log"
	"log/slog"
	"sync"

	"newswatch/notify/render"
)

// journal writes records as the systemd journal likes them: priority first
// (sd-daemon(3)), no time of their own. It hands the formatting to slog's text
// handler.
type journal struct {
	out   io.Writer
	opts  *slog.HandlerOptions
	lock  *sync.Mutex // of out
	steps []func(slog.Handler) slog.Handler
}

func newLock() *sync.Mutex { return new(sync.Mutex) }

// Enabled reports whether records of this level are written.
func (j *journal) Enabled(_ context.Context, l slog.Level) bool { return l >= j.opts.Level.Level() }

// WithAttrs and WithGroup return a journal that repeats them for each record.
func (j *journal) WithAttrs(attrs []slog.Attr) slog.Handler {
	return j.with(func(h slog.Handler) slog.Handler { return h.WithAttrs(attrs) })
}

// WithGroup is like WithAttrs.
func (j *journal) WithGroup(name string) slog.Handler {
	return j.with(func(h slog.Handler) slog.Handler { return h.WithGroup(name) })
}

func (j *journal) with(step func(slog.Handler) slog.Handler) slog.Handler {
	next := *j
	next.steps = append(append([]func(slog.Handler) slog.Handler{}, j.steps...), step)
	return &next
}

// Handle writes one record as one line.
func (j *journal) Handle(ctx context.Context, r slog.Record) error {
	var b bytes.Buffer
	b.WriteString(priority(r.Level))
	opts := *j.opts
	opts.ReplaceAttr = func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey) {
			return slog.Attr{}
		}
		return clean(groups, a)
	}
	var h slog.Handler = slog.NewTextHandler(&b, &opts)
	for _, step := range j.steps {
		h = step(h)
	}
	if err := h.Handle(ctx, r); err != nil {
		return err
	}
	j.lock.Lock()
	defer j.lock.Unlock()
	_, err := j.out.Write(b.Bytes())
	return err
}

// priority is the syslog priority of a level.
func priority(l slog.Level) string {
	switch {
	case l >= slog.LevelError:
		return "<3>"
	case l >= slog.LevelWarn:
		return "<4>"
	case l >= slog.LevelInfo:
		return "<6>"
	}
	return "<7>"
}

// clean takes from logged texts what could forge a line or turn its direction:
// feeds choose some of them.
func clean(_ []string, a slog.Attr) slog.Attr {
	switch v := a.Value.Any().(type) {
	case string:
		if a.Key != "stack" {
			a.Value = slog.StringValue(render.Sanitize(v))
		}
	case error:
		a.Value = slog.StringValue(render.Sanitize(v.Error()))
	}
	return a
}

// captureLog passes on to log, for debugging, what libraries log on their own:
// net/http remarks there, in the server's words, on bytes that nobody asked for.
func captureLog(log *slog.Logger) {
	stdlog.SetFlags(0)
	stdlog.SetOutput(slog.NewLogLogger(log.Handler(), slog.LevelDebug).Writer())
}
