"""A service in Python between a browser and our Node server: `service.py <the next service> <documented | bare>`.

It knows nothing of Throughline but a predicate for OpenTelemetry's own baggage span processor: the documented one, or, as people may
write it all the same, the bare prefix. It prints its address; the environment says where its spans go.
"""

import re
import sys
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry import context, propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.processor.baggage import BaggageSpanProcessor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

next_service, stamps = sys.argv[1:]

PREDICATES = {
    "documented": re.compile(r"^throughline\.(journey|run\.id|step|visit|hypothesis)").match,
    "bare": lambda key: key.startswith("throughline."),
}

provider = TracerProvider()
provider.add_span_processor(BaggageSpanProcessor(lambda key: bool(PREDICATES[stamps](key))))
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
tracer = trace.get_tracer("stock")


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        # As OpenTelemetry's instrumentations do: a span that is only given the context as its parent would be alone
        # in having the baggage.
        token = context.attach(propagate.extract({key.lower(): value for key, value in self.headers.items()}))
        try:
            answer = self.work()
        finally:
            context.detach(token)
        # All spans have been sent by now.
        self.send_response(200)
        self.end_headers()
        self.wfile.write(answer)

    def work(self):
        with tracer.start_as_current_span(f"POST {self.path}", kind=trace.SpanKind.SERVER):
            with tracer.start_as_current_span("reserve"):
                pass
            with tracer.start_as_current_span("POST", kind=trace.SpanKind.CLIENT):
                headers = {}
                propagate.inject(headers)
                request = urllib.request.Request(next_service + self.path, b"", headers)
                return urllib.request.urlopen(request).read()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
