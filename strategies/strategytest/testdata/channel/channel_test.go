package channel_test

import (
	"testing"

	"sweetspot/strategies/strategytest"

	"example.com/channel"
)

func TestStrategyKeepsTheContract(t *testing.T) { strategytest.Test(t, channel.Strategy) }
