package server

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/valyala/fasthttp"
)

const sessionCookie = "session"

// sessions issues session cookies and verifies them. A cookie contains an HMAC of its id, so the server keeps no list of
// sessions.
type sessions struct{ key []byte }

func newSessions() sessions {
	key := make([]byte, 32)
	rand.Read(key) // documented to never return an error
	return sessions{key: key}
}

// login answers with the cookie of a new session.
func (s sessions) login(ctx *fasthttp.RequestCtx) {
	var cookie fasthttp.Cookie
	id := rand.Text()
	cookie.SetKey(sessionCookie)
	cookie.SetValue(id + "." + s.sign(id))
	cookie.SetPath("/")
	cookie.SetHTTPOnly(true)
	ctx.Response.Header.SetCookie(&cookie)
	ctx.SetContentType("application/json")
	ctx.SetBodyString(`{"session":"new"}`)
}

// valid reports whether the request has a cookie that login has issued.
func (s sessions) valid(ctx *fasthttp.RequestCtx) bool {
	id, signature, ok := bytes.Cut(ctx.Request.Header.Cookie(sessionCookie), []byte("."))
	return ok && hmac.Equal(signature, []byte(s.sign(string(id))))
}

func (s sessions) sign(id string) string {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(id))
	return hex.EncodeToString(mac.Sum(nil))
}

// private answers like /, but 401 without a session cookie.
func (s *Server) private(ctx *fasthttp.RequestCtx) {
	if !s.sessions.valid(ctx) {
		writeError(ctx, fasthttp.StatusUnauthorized, "no session: GET /login first and send its cookie")
		return
	}
	s.page.write(ctx)
}

var redirectPath = []byte("/redirect/")

// redirect answers /redirect/N with a redirect to /redirect/N-1, and /redirect/1 with one to /.
func redirect(ctx *fasthttp.RequestCtx) {
	const maxSteps = 100
	steps, err := strconv.Atoi(string(bytes.TrimPrefix(ctx.Path(), redirectPath)))
	if err != nil || steps < 1 || steps > maxSteps {
		writeError(ctx, fasthttp.StatusBadRequest, "want /redirect/N with N from 1 to 100")
		return
	}
	location := "/"
	if steps > 1 {
		location = string(redirectPath) + strconv.Itoa(steps-1)
	}
	ctx.Response.Header.Set("Location", location) // relative, because clients may know the server by different names
	ctx.SetStatusCode(fasthttp.StatusFound)
}

// controlPrefix begins the paths of the endpoints that control the server.
var controlPrefix = []byte("/-/")

// control answers the paths under controlPrefix.
func (s *Server) control(ctx *fasthttp.RequestCtx) {
	switch path := strings.TrimPrefix(string(ctx.Path()), string(controlPrefix)); {
	case path == "stats" && ctx.IsGet():
		s.writeStats(ctx)
	case path == "reset" && ctx.IsPost():
		s.Reset()
		s.writeStats(ctx)
	case path == "stats" || path == "reset":
		writeError(ctx, fasthttp.StatusMethodNotAllowed, "want GET /-/stats or POST /-/reset")
	default:
		writeError(ctx, fasthttp.StatusNotFound, "want GET /-/stats or POST /-/reset")
	}
}

func (s *Server) writeStats(ctx *fasthttp.RequestCtx) {
	ctx.SetContentType("application/json")
	json.NewEncoder(ctx).Encode(s.Stats()) // neither the encoding of numbers nor the write to memory can fail
}
