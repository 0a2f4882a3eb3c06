import java.util.List;
import java.util.Map;
import org.opensearch.common.settings.Settings;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.painless.PainlessPlugin;
import org.opensearch.transport.Netty4Plugin;

/** OpenSearch with one node, on loopback: `java Search.java FOLDER PORT`. */
class Search extends Node {
  Search(Settings settings) {
    super(
        InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), null, () -> "node"),
        List.of(Netty4Plugin.class, PainlessPlugin.class),
        false);
  }

  public static void main(String[] args) throws Exception {
    var settings =
        Settings.builder()
            .put("path.home", args[0])
            .put("cluster.name", "throughline")
            .put("discovery.type", "single-node")
            .put("network.host", "127.0.0.1")
            .put("http.type", "netty4")
            .put("http.port", args[1])
            .put("transport.type", "netty4")
            .put("transport.port", "0")
            .build();
    new Search(settings).start();
    Thread.currentThread().join();
  }
}
