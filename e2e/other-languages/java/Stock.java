import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.Executors;

/** A service in Java that knows nothing of OpenTelemetry, between a browser and our Node server: the agent does it. */
public final class Stock {
  public static void main(String[] args) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", exchange -> serve(exchange, args[0]));
    server.start();
    System.out.println("http://127.0.0.1:" + server.getAddress().getPort());
  }

  static void serve(HttpExchange exchange, String next) throws IOException {
    URI address = URI.create(next + exchange.getRequestURI().getPath());
    HttpRequest request = HttpRequest.newBuilder(address).POST(HttpRequest.BodyPublishers.noBody()).build();
    try {
      byte[] answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray()).body();
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
    } catch (InterruptedException error) {
      throw new IllegalStateException(error);
    } finally {
      exchange.close();
    }
  }
}
