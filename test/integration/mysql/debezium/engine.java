import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.format.Json;
import io.debezium.engine.format.KeyValueHeaderChangeEventFormat;
import java.io.StringReader;
import java.util.Properties;
import java.util.stream.Collectors;

/** Runs Debezium with the properties in the argument, and prints each message as a line of JSON. */
class Engine {
  public static void main(String[] args) throws Exception {
    var properties = new Properties();
    properties.load(new StringReader(args[0]));
    var format = KeyValueHeaderChangeEventFormat.of(Json.class, Json.class, Json.class);
    try (var engine = DebeziumEngine.create(format).using(properties).notifying(event -> System.out.println(line(event)))
        .using((success, message, error) -> {
          if (error != null) error.printStackTrace();
        }).build()) {
      engine.run();
    }
  }

  /** Keys, values and what headers hold are JSON already. */
  static String line(ChangeEvent<String, String> event) {
    var headers = event.headers().stream().map(header -> "\"" + header.getKey() + "\":" + header.getValue()).collect(Collectors.joining(","));
    return "{\"topic\":\"" + event.destination() + "\",\"key\":" + event.key() + ",\"value\":" + event.value() + ",\"headers\":{" + headers + "}}";
  }
}
