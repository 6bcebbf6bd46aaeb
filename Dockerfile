# An image with nothing but the program and the certificates of public authorities:
#   docker build -t sweetspot . && docker run --rm sweetspot sweep https://service.example/
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o /sweetspot .

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /sweetspot /sweetspot
USER 65534:65534
ENTRYPOINT ["/sweetspot"]
