// Reads dashboards as Grafana's own types do, and fails at what is missing, wrong or unknown: `go run . FILE …`.
package main

import (
	"fmt"
	"os"

	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

func main() {
	plugins.RegisterDefaultPlugins()
	failed := false
	for _, file := range os.Args[1:] {
		text, err := os.ReadFile(file)
		read := dashboard.Dashboard{}
		if err == nil {
			err = read.UnmarshalJSONStrict(text)
		}
		if err == nil {
			err = read.Validate()
		}
		// Validate answers with a list, which may be empty.
		if err != nil && err.Error() != "" {
			fmt.Println(file, err)
			failed = true
		}
	}
	if failed {
		os.Exit(1)
	}
}
