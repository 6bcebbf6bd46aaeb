# People rely on these targets: bench, sweep, serve, test, check, help.
.DEFAULT_GOAL := help
BIN := bin/sweetspot
RUNS := results/runs
EXAMPLE := results/EXAMPLE
LINTER := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN): FORCE
	@go build -o $@ .
FORCE:

build: $(BIN) ## build bin/sweetspot

bench: $(BIN) ## compare the strategies in Go, find the best limit, print the tables; a minute and a half
	$(BIN) bench --duration 100ms --warmup 100ms --out $(RUNS)
	@echo
	$(BIN) sweep --max 512 --budget 60s --out $(RUNS)

sweep: $(BIN) ## find the best limit of the bundled server with the semaphore
	$(BIN) sweep --strategy semaphore --out $(RUNS)

serve: $(BIN) ## run the bundled server until Ctrl-C
	$(BIN) serve --profile article --addr 127.0.0.1:8080

test: ## run the tests; what needs a Debian package that is missing is skipped and named
	@command -v nginx >/dev/null || echo "skipped: the tests against nginx, which need Debian's nginx-light"
	@command -v caddy >/dev/null || echo "skipped: the tests against caddy, which need Debian's caddy"
	@command -v chromium >/dev/null || echo "skipped: the tests of the report in a browser, which need Debian's chromium"
	@command -v ip >/dev/null && ip netns list >/dev/null 2>&1 || echo "skipped: the tests of agents on other hosts, which need root and Debian's iproute2"
	@command -v prometheus >/dev/null || echo "skipped: the test of the dashboard's queries, which needs Debian's prometheus"
	@command -v node >/dev/null || echo "skipped: the tests of the example in JavaScript, which need Debian's nodejs"
	@for library in aiohttp httpx pycurl requests uvloop; do \
		python3 -c "import $$library" 2>/dev/null || /usr/bin/python3 -c "import $$library" 2>/dev/null || \
			echo "skipped: the tests of the strategies over Python's $$library, which need Debian's python3-$$library"; \
	done
	go test -p $(AT_ONCE) $(LONG) ./...

# The packages whose tests take longest begin first, so that none of them is left for the end.
LONG := ./strategies/all ./bench/cli

# How many packages are tested at once: half as many again as there are processors, since many tests wait more than they compute.
AT_ONCE := $(shell expr 3 '*' $$(getconf _NPROCESSORS_ONLN || echo 2) / 2)

# Packages without a goroutine, where the race detector finds nothing and takes up to twenty times as long.
PURE := ./bench/optimum ./results ./results/article ./results/compare ./results/render ./results/report ./results/stat ./results/text \
	./results/threshold ./server/capacity

check: format lint ## what CI runs: formatting, linters, and the tests with the race detector, where there can be a race
	go test -race -p $(AT_ONCE) $(LONG) $$(go list ./... | grep -vxF "$$(go list $(PURE))")
	go test $(PURE)

format:
	@test -z "$$(gofmt -l .)" || { echo "gofmt would change:"; gofmt -l .; exit 1; }

lint: ## vet, staticcheck and what else .golangci.yml enables
	@go run $(LINTER) run ./...

portable: ## vet the program and its tests for the systems that it is not tested on
	@for os in darwin windows freebsd; do echo "vet for $$os"; GOOS=$$os go vet ./... || exit 1; done

RELEASER := github.com/goreleaser/goreleaser/v2@v2.15.1

snapshot: ## make the archives, packages and checksums of a release under dist/, and publish nothing; builds goreleaser first
	go run $(RELEASER) check
	go run $(RELEASER) release --snapshot --clean
	@ls dist/*.tar.gz dist/*.zip dist/*.deb dist/checksums.txt

release: ## publish the release of the tag that is checked out; the release workflow runs it
	go run $(RELEASER) release --clean

truth: ## compare the test server with its exact throughput, with wrk as the client; six minutes
	go test ./server -run TestTruthTable -truth -v -timeout 30m

FINDER_SEEDS := 1000

finder: ## test the search for the best limit, and two rivals, on simulated servers whose truth is known; five minutes; FINDER_SEEDS=100
	go test ./bench/optimum -run TestFinder -finder -finder-seeds $(FINDER_SEEDS) -v -timeout 60m

finder-http: ## the same over real HTTP, ten sweeps of each server, and of two humps, a warming and a scarred one; an hour
	go test ./bench -run TestFinderOverHTTP -finder-http -v -timeout 3h

FLOOR_PAIRS := 20
FLOOR_PAUSE := 20
floor: $(BIN) ## measure by how much runs differ on this machine, by 20 pairs of runs with pauses, for compare; half an hour
	rm -rf $(RUNS)/floor
	@for run in $$(seq $$((2 * $(FLOOR_PAIRS)))); do \
		$(BIN) bench --strategy pool,fasthttp,eventloop --duration 300ms --quiet --out $(RUNS)/floor >/dev/null || exit 1; \
		sleep $(FLOOR_PAUSE); \
	done
	$(BIN) floor $(RUNS)/floor/*.jsonl

pairs: ## simulate 1,000 pairs of runs that differ from run to run: false differences, and the power; some minutes
	go test ./results/compare ./bench/optimum -run TestPairs -pairs -v

codes: $(BIN) ## request all 36^4 codes of four characters in one batch, and print the time and the memory
	$(BIN) bench --strategy eventloop --requests 1679616 --repeats 1 --profile instant '/{0-9a-z:4}'

article: $(BIN) ## the article's own clients, in Python, beside Go's; eight minutes; writes results/ARTICLE.md
	$(BIN) article --out $(RUNS) --output results/ARTICLE.md

example: $(BIN) ## make the run, the tables and the pictures of results/EXAMPLE again; five minutes; pictures need chromium
	rm -rf $(EXAMPLE) && mkdir -p $(EXAMPLE)
	$(BIN) sweep --strategy semaphore,fasthttp,eventloop --max 512 --budget 3m --out $(EXAMPLE) --color always >$(EXAMPLE)/terminal.ansi
	mv $(EXAMPLE)/*-sweep.jsonl $(EXAMPLE)/sweep.jsonl
	$(BIN) show --format markdown $(EXAMPLE)/sweep.jsonl >$(EXAMPLE)/README.md
	$(BIN) show --format csv $(EXAMPLE)/sweep.jsonl >$(EXAMPLE)/trials.csv
	$(BIN) report $(EXAMPLE)/sweep.jsonl --output $(EXAMPLE)/report.html --svg $(EXAMPLE)/throughput.svg
	go test ./results/report -count=1 -run TestExamplePictures -example $(CURDIR)/$(EXAMPLE)

pictures: ## pictures and PDFs of the report at three widths, light, dark and printed; needs chromium
	rm -rf $(RUNS)/pictures && mkdir -p $(RUNS)/pictures
	go test ./results/report -count=1 -run 'TestPageInChromium/everything' -artifacts -outputdir $(CURDIR)/$(RUNS)/pictures
	@find $(RUNS)/pictures -type f | sort

overhead: ## what the harness costs: each strategy beside a bare loop with the same client
	go test ./bench -run '^$$' -bench Overhead -benchtime 1x -v

alone: ## measure each Python program in the harness and run by hand, in turn; five minutes
	go test ./bench -run '^$$' -bench Alone -benchtime 1x -v

peers: ## our strategies beside wrk, ab, h2load and others that are installed; PEERS_CONNECTIONS=60,1000 PEERS_ROUNDS=5
	@go test ./bench -run '^$$' -bench Peers -benchtime 1x -timeout 2h

fetch-kills: ## kill a fetch at 50 moments, drawn by a seed: every index is there once in the end
	go test ./bench/cli -run TestFetchSurvivesKills -fetch-kills 50 -v

fetch-hosts: ## fetch 20,000 URLs from three hosts, of which one allows 200 per second, one fails at times, one speaks TLS; 40 s
	go test ./bench/fetch -run TestHostsThatAreHard -hosts-urls 20000 -hosts-rate 200 -v

fetch-peers: ## fetch beside curl --parallel, aria2c, wget2 and aiohttp, on nginx; PEERS_URLS=4000,40000 PEERS_ROUNDS=3 PEERS_FOLDER=/tmp
	@go test ./bench/fetch -run '^$$' -bench Peers -benchtime 1x -timeout 2h

fleet-scale: ## 200 agents in one process, and 20 runs of each fault that may befall an agent; two minutes
	go test ./bench/fleet -run NoFault -bench . -benchtime 5x -fleet-faults 20 -timeout 10m -v

fleet: ## compare one client with three agents in network namespaces, 5, 20 and 40 ms away; needs root; four minutes
	go test ./bench/cli -count=1 -run TestAgentsFarAwayAgreeWithOneClient -fleet-budget 1m -v -timeout 30m

FLEET_CHAOS := 20
fleet-chaos: ## let agents be killed, stopped, cut off, slow or with another clock, in 20 seeded runs each; half an hour; FLEET_CHAOS=20
	go test ./bench/cli -count=1 -run TestFleetNeverGivesAWrongFigureWithoutAWarning -fleet-chaos $(FLEET_CHAOS) -v -timeout 3h

fleet-cost: ## goodput with one agent beside that without, in turn, with quartiles of the ratio; two minutes
	@go test ./bench/cli -run '^$$' -bench FleetCost -benchtime 1x -timeout 30m

echarts: ## bundle the chart library of the report again; needs npm
	dir=$$(mktemp -d) && trap "rm -rf $$dir" EXIT && cp results/report/echarts/build.js $$dir && cd $$dir && \
	npm install --silent echarts@6.1.0 zrender@6.1.0 esbuild@0.28.2 && \
	npx esbuild build.js --bundle --minify --target=es2020 --format=iife --global-name=echarts --legal-comments=inline \
		--banner:js="$$(cat $(CURDIR)/results/report/echarts/banner.txt)" --outfile=$(CURDIR)/results/report/echarts/echarts.min.js

clean: ## remove what was built; runs are kept
	rm -rf bin

.PHONY: help build bench sweep serve test check format lint portable snapshot release truth finder finder-http floor pairs codes article overhead alone peers fetch-kills fetch-hosts fetch-peers fleet fleet-scale fleet-chaos fleet-cost example pictures echarts clean FORCE
