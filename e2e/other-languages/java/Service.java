import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.contrib.baggage.processor.BaggageSpanProcessor;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A service in Java between a browser and our Node server: {@code Service.java <the next service>}. It is set up as
 * docs/guides/other-languages.md says, confirms the orders that it takes, prints its address, and the environment says
 * where its spans go.
 */
public final class Service {
  static final TextMapPropagator PROPAGATOR =
      TextMapPropagator.composite(W3CTraceContextPropagator.getInstance(), W3CBaggagePropagator.getInstance());
  static final HttpClient CLIENT = HttpClient.newHttpClient();

  static SdkTracerProvider provider;
  static Tracer tracer;

  public static void main(String[] args) throws IOException {
    Predicate<String> isJourney =
        Pattern.compile("^throughline\\.(journey|run\\.id|step|visit|hypothesis)").asPredicate();
    String endpoint = System.getenv("OTEL_EXPORTER_OTLP_ENDPOINT") + "/v1/traces";
    provider =
        SdkTracerProvider.builder()
            .setResource(Resource.builder().put("service.name", System.getenv("OTEL_SERVICE_NAME")).build())
            .addSpanProcessor(new BaggageSpanProcessor(isJourney))
            .addSpanProcessor(
                SimpleSpanProcessor.create(OtlpHttpSpanExporter.builder().setEndpoint(endpoint).build()))
            .build();
    tracer = provider.get("stock");

    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", exchange -> serve(exchange, args[0]));
    server.start();
    System.out.println("http://127.0.0.1:" + server.getAddress().getPort());
  }

  static void serve(HttpExchange exchange, String next) throws IOException {
    String path = exchange.getRequestURI().getPath();
    byte[] answer;
    try (Scope context = PROPAGATOR.extract(Context.root(), exchange, HEADERS).makeCurrent()) {
      answer = work(next, path).getBytes(StandardCharsets.UTF_8);
    }
    // All spans have been sent by then.
    provider.forceFlush().join(10, java.util.concurrent.TimeUnit.SECONDS);
    exchange.sendResponseHeaders(200, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  static String work(String next, String path) {
    Span server = tracer.spanBuilder("POST " + path).setSpanKind(SpanKind.SERVER).startSpan();
    try (Scope inServer = server.makeCurrent()) {
      tracer.spanBuilder("reserve").startSpan().end();
      if (path.equals("/orders")) confirm("order-1", 40);
      return call(next + "/look");
    } finally {
      server.end();
    }
  }

  static String call(String address) {
    Span client = tracer.spanBuilder("POST").setSpanKind(SpanKind.CLIENT).startSpan();
    try (Scope inClient = client.makeCurrent()) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(address)).POST(HttpRequest.BodyPublishers.noBody());
      PROPAGATOR.inject(Context.current(), request, HttpRequest.Builder::setHeader);
      return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException | InterruptedException error) {
      throw new IllegalStateException(error);
    } finally {
      client.end();
    }
  }

  /** Says that an order was placed, over the browser's word. */
  static void confirm(String order, double total) {
    Baggage baggage = Baggage.current();
    String run = baggage.getEntryValue("throughline.run.id");
    if (run == null || !"checkout".equals(baggage.getEntryValue("throughline.journey.name"))) return;
    Instant now = Instant.now();
    tracer
        .spanBuilder("throughline.run.end")
        .setStartTimestamp(now)
        .setAttribute("throughline.schema.version", 2)
        .setAttribute("throughline.event.id", sha256(run + "/converted/" + order).substring(0, 32))
        .setAttribute("throughline.event.source", "server")
        .setAttribute("throughline.run.outcome", "converted")
        .setAttribute("throughline.conversion.value", total)
        .setAttribute("throughline.conversion.currency", "EUR")
        .startSpan()
        .end(now);
  }

  static String sha256(String text) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (java.security.NoSuchAlgorithmException error) {
      throw new IllegalStateException(error);
    }
  }

  static final TextMapGetter<HttpExchange> HEADERS =
      new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(HttpExchange exchange) {
          return exchange.getRequestHeaders().keySet();
        }

        @Override
        public String get(HttpExchange exchange, String key) {
          return exchange.getRequestHeaders().getFirst(key);
        }
      };
}
