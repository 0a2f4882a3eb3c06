// A service in Go between a browser and our Node server: `service <the next service>`. It is set up as
// docs/guides/other-languages.md says, prints its address, and the environment says where its spans go.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"regexp"

	"go.opentelemetry.io/contrib/processors/baggagecopy"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

var isJourney = regexp.MustCompile(`^throughline\.(journey|run\.id|step|visit|hypothesis)`)

func main() {
	exporter, err := otlptracehttp.New(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}))
	otel.SetTracerProvider(sdk.NewTracerProvider(
		sdk.WithSpanProcessor(baggagecopy.NewSpanProcessor(func(member baggage.Member) bool {
			return isJourney.MatchString(member.Key())
		})),
		// Each span is sent as it ends, so that all have been once the answer is there.
		sdk.WithSyncer(exporter),
	))

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s\n", listener.Addr())
	log.Fatal(http.Serve(listener, serve(os.Args[1])))
}

func serve(next string) http.HandlerFunc {
	return func(response http.ResponseWriter, request *http.Request) {
		ctx := otel.GetTextMapPropagator().Extract(request.Context(), propagation.HeaderCarrier(request.Header))
		answer, err := work(ctx, next, request.URL.Path)
		if err != nil {
			http.Error(response, err.Error(), http.StatusBadGateway)
			return
		}
		response.Write(answer)
	}
}

func work(ctx context.Context, next, path string) ([]byte, error) {
	tracer := otel.Tracer("stock")
	ctx, server := tracer.Start(ctx, "POST "+path, trace.WithSpanKind(trace.SpanKindServer))
	defer server.End()
	_, reserve := tracer.Start(ctx, "reserve")
	reserve.End()

	ctx, client := tracer.Start(ctx, "POST", trace.WithSpanKind(trace.SpanKindClient))
	defer client.End()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, next+path, nil)
	if err != nil {
		return nil, err
	}
	otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(request.Header))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	return io.ReadAll(response.Body)
}
