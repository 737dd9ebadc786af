import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.sourcelab.kafka.connect.apiclient.Configuration;
import org.sourcelab.kafka.connect.apiclient.KafkaConnectClient;
import org.sourcelab.kafka.connect.apiclient.request.dto.ConnectorPluginConfigDefinition;
import org.sourcelab.kafka.connect.apiclient.request.dto.NewConnectorDefinition;
import org.sourcelab.kafka.connect.apiclient.request.post.PostConnectorRestart;

/** The life of a connector, by kafka-connect-client. Arguments: address, name, then keys and values of its configuration. Prints what it sees. */
class JavaClient {
  public static void main(String[] args) throws Exception {
    var client = new KafkaConnectClient(new Configuration(args[0]));
    String name = args[1];
    Map<String, String> config = new HashMap<>();
    for (int at = 2; at < args.length; at += 2) config.put(args[at], args[at + 1]);
    Map<String, String> wrong = new HashMap<>(config);
    wrong.put("tasks.max", "many");
    wrong.put("name", name);

    say("version", client.getConnectServerVersion().getVersion().startsWith("4.1"));
    say("has plugin", client.getConnectorPlugins().stream().anyMatch(each -> each.getClassName().equals("words-source")));
    say("errors", client.validateConnectorPluginConfig(new ConnectorPluginConfigDefinition("words-source", wrong)).getErrorCount());
    say("created", client.addConnector(new NewConnectorDefinition(name, config)).getTasks().size());
    say("again", refusal(() -> client.addConnector(new NewConnectorDefinition(name, config))));
    say("listed", client.getConnectors().contains(name));
    config.put("source.mode", "fast");
    say("changed", client.updateConnectorConfig(name, config).getConfig().get("source.mode"));
    say("config", client.getConnectorConfig(name).get("source.mode"));
    var expanded = client.getConnectorsWithAllExpandedMetadata();
    say("expanded", expanded.getStatusForConnector(name).getTasks().size() + " " + expanded.getDefinitionForConnector(name).getType());
    say("topics", client.getConnectorTopics(name) != null);
    say("pause", client.pauseConnector(name) + " " + state(client, name));
    say("resume", client.resumeConnector(name) + " " + state(client, name));
    say("restart", client.restartConnector(name) + " " + client.restartConnector(new PostConnectorRestart(name).withIncludeTasks(true)));
    say("task", client.getConnectorTasks(name).size() + " " + client.getConnectorTaskStatus(name, 0).getState());
    say("restart task", client.restartConnectorTask(name, 0));
    say("stop", client.stopConnector(name) + " " + state(client, name));
    say("delete", client.deleteConnector(name) + " " + refusal(() -> client.getConnector(name)));
    say("left", new TreeSet<>(client.getConnectors()));
  }

  interface Work {
    void run() throws Exception;
  }

  static String refusal(Work work) {
    try {
      work.run();
      return "none";
    } catch (Exception error) {
      return error.getClass().getSimpleName();
    }
  }

  static String state(KafkaConnectClient client, String name) {
    return client.getConnectorStatus(name).getConnector().get("state");
  }

  static void say(String what, Object seen) {
    System.out.println(what + ": " + seen);
  }
}
