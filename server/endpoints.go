package server

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"github.com/valyala/fasthttp"
)

const sessionCookie = "session"

// sessions hands out session cookies and knows them again. A cookie bears its own proof, an HMAC, so that a million
// logins take no memory.
type sessions struct{ key []byte }

func newSessions() sessions {
	key := make([]byte, 32)
	rand.Read(key) // never fails
	return sessions{key: key}
}

// login answers with a new session's cookie.
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

// known tells whether the request bears a cookie that login has handed out.
func (s sessions) known(ctx *fasthttp.RequestCtx) bool {
	id, signature, ok := bytes.Cut(ctx.Request.Header.Cookie(sessionCookie), []byte("."))
	return ok && hmac.Equal(signature, []byte(s.sign(string(id))))
}

func (s sessions) sign(id string) string {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(id))
	return hex.EncodeToString(mac.Sum(nil))
}

// private answers like the front page, but only within a session.
func (s *Server) private(ctx *fasthttp.RequestCtx) {
	if !s.sessions.known(ctx) {
		writeError(ctx, fasthttp.StatusUnauthorized, "no session: GET /login first and send its cookie")
		return
	}
	s.page.write(ctx)
}

var redirectPath = []byte("/redirect/")

// redirect leads to the front page in as many steps as the path says.
func redirect(ctx *fasthttp.RequestCtx) {
	const most = 100
	steps, err := strconv.Atoi(string(bytes.TrimPrefix(ctx.Path(), redirectPath)))
	if err != nil || steps < 1 || steps > most {
		writeError(ctx, fasthttp.StatusBadRequest, "want /redirect/N with N from 1 to 100")
		return
	}
	to := "/"
	if steps > 1 {
		to = string(redirectPath) + strconv.Itoa(steps-1)
	}
	ctx.Response.Header.Set("Location", to) // relative, so that it holds whatever name the client knows us by
	ctx.SetStatusCode(fasthttp.StatusFound)
}
