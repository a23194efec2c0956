package demo

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"newswatch/cmd/newswatch/config"
	"newswatch/cmd/newswatch/daemon"
	"newswatch/monitor/report"
	"newswatch/notify/console"
	"newswatch/notify/email/emailtest"
	"newswatch/notify/slack/slacktest"
)

//go:embed demo.yaml
var demoConfig []byte

// A demo is the daemon on a stage: with a feed server, a Slack and a mail
// server of its own.
type demo struct {
	out    io.Writer
	colour bool
	feeds  *Feeds
	slack  *slacktest.Server
	mail   *emailtest.Server
	d      *daemon.Daemon
	cfg    *config.Config

	posts, mails int // shown so far
	edits        map[string]int
}

// Run plays the demo and writes what is seen of it to out.
func Run(ctx context.Context, out io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "newswatch-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	x := &demo{out: out, colour: console.Colour(out), slack: slacktest.New(), edits: map[string]int{}}
	defer x.slack.Close()
	if x.mail, err = emailtest.New(emailtest.Plain, "", ""); err != nil {
		return err
	}
	defer x.mail.Close()
	if x.feeds, err = NewFeeds(); err != nil {
		return err
	}
	if x.cfg, err = x.config(dir); err != nil {
		return err
	}
	x.overture()
	x.d, err = daemon.Open(x.cfg, daemon.Options{Version: "demo", Out: out, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, x.d.Close()) }()
	return x.run(ctx)
}

// config reads the demo's configuration with the addresses of its servers.
func (x *demo) config(dir string) (*config.Config, error) {
	file := filepath.Join(dir, "demo.yaml")
	if err := os.WriteFile(file, demoConfig, 0o600); err != nil {
		return nil, err
	}
	env := map[string]string{"DEMO_DIR": dir, "DEMO_FEEDS": x.feeds.URL(), "DEMO_SLACK": x.slack.APIURL(),
		"DEMO_SMTP": strconv.Itoa(x.mail.Port), "DEMO_TOKEN": "xoxb-demo"}
	cfg, problems := config.Load(file, func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	return cfg, problems.Err()
}

// run plays the script on the running daemon, then sums up.
func (x *demo) run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return x.feeds.Serve(ctx) })
	g.Go(func() error { return x.d.Run(ctx) })
	g.Go(func() error {
		defer stop()
		if err := x.play(ctx); err != nil {
			return err
		}
		return x.epilogue()
	})
	return g.Wait()
}

// say prints one line of the narrator.
func (x *demo) say(format string, args ...any) {
	line := "── " + fmt.Sprintf(format, args...)
	if x.colour {
		line = "\x1b[36m" + line + "\x1b[0m"
	}
	fmt.Fprintf(x.out, "\n%s\n", line)
}

// watch shows what arrives until the time is over.
func (x *demo) watch(ctx context.Context, d time.Duration) {
	end := time.NewTimer(d)
	defer end.Stop()
	for {
		posted, mailed := x.slack.Arrived(), x.mail.Arrived()
		x.show()
		select {
		case <-ctx.Done():
			return
		case <-end.C:
			return
		case <-posted:
		case <-mailed:
		}
	}
}

// show prints the messages that have arrived or changed since the last time.
func (x *demo) show() {
	all := x.slack.Messages()
	for i, m := range all {
		where := "Slack #ice"
		switch {
		case i < x.posts && m.Edits == x.edits[m.TS]:
			continue
		case i < x.posts:
			where += ", the card above, edited"
		case m.ThreadTS != "":
			where += ", in the thread of the card"
		}
		x.edits[m.TS] = m.Edits
		x.frame(where, m.Render(x.colour))
	}
	x.posts = len(all)
	letters := x.mail.Messages()
	for _, l := range letters[x.mails:] {
		read, err := l.Read()
		if err != nil {
			continue // emailtest accepted it, so it can be read
		}
		x.frame("Mail to "+l.To, "Subject: "+read.Subject()+"\n\n"+read.Text)
	}
	x.mails = len(letters)
}

// frame draws a message in a frame that tells it from the narrator.
func (x *demo) frame(where, text string) {
	fmt.Fprintf(x.out, "\n  ┌ %s\n", where)
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		fmt.Fprintf(x.out, "  │ %s\n", line)
	}
	fmt.Fprintln(x.out, "  └")
}

// digest sends the daily digest as if its hour had come.
func (x *demo) digest() error {
	now := time.Now()
	_, err := report.TellDigest(x.d.Monitor, x.d.Store, x.cfg.Digests[0].Plan(), report.Period{Slot: now.Format(config.SlotForm), From: now.Add(-24 * time.Hour), To: now})
	return err
}
