import jakarta.jms.DeliveryMode;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.ActiveMQDestination;

/** Sends one message of each kind that JMS has, over OpenWire. Arguments: address, `queue://name` or `topic://name`. Prints what the client set. */
class JmsSender {
  public static void main(String[] args) throws Exception {
    try (var connection = new ActiveMQConnectionFactory(args[0]).createConnection()) {
      connection.start();
      Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      MessageProducer producer = session.createProducer(ActiveMQDestination.createDestination(args[1], ActiveMQDestination.QUEUE_TYPE));
      for (Message message : messages(session)) {
        // The producer sets these, whatever the message says.
        boolean special = message.getJMSType() != null;
        producer.setDeliveryMode(special ? DeliveryMode.NON_PERSISTENT : DeliveryMode.PERSISTENT);
        producer.setPriority(special ? 7 : Message.DEFAULT_PRIORITY);
        producer.setTimeToLive(special ? 3_600_000 : 0);
        producer.send(message);
        System.out.println(message.getJMSMessageID() + " " + message.getJMSTimestamp() + " " + message.getJMSExpiration());
      }
    }
  }

  static List<Message> messages(Session session) throws Exception {
    List<Message> messages = new ArrayList<>();
    messages.add(session.createMessage());
    messages.add(session.createTextMessage("Größe 東京 🚀"));
    messages.add(session.createTextMessage(""));
    messages.add(session.createTextMessage());
    messages.add(bytes(session));
    messages.add(session.createBytesMessage());
    messages.add(map(session));
    messages.add(session.createMapMessage());
    messages.add(stream(session));
    messages.add(streamOfBytes(session));
    messages.add(session.createStreamMessage());
    messages.add(session.createObjectMessage(UUID.fromString("00112233-4455-6677-8899-aabbccddeeff")));
    messages.add(session.createObjectMessage());
    messages.add(properties(session));
    messages.add(headers(session));
    return messages;
  }

  static Message bytes(Session session) throws Exception {
    var message = session.createBytesMessage();
    for (int value = 0; value < 256; value++) message.writeByte((byte) value);
    return message;
  }

  static MapMessage map(Session session) throws Exception {
    MapMessage message = session.createMapMessage();
    message.setBoolean("boolean", true);
    message.setByte("byte", Byte.MIN_VALUE);
    message.setShort("short", Short.MIN_VALUE);
    message.setChar("char", 'ß');
    message.setInt("int", Integer.MIN_VALUE);
    message.setLong("long", Long.MIN_VALUE);
    message.setFloat("float", 0.5f);
    message.setDouble("double", Double.MIN_VALUE);
    message.setString("text", "Größe");
    message.setString("none", null);
    message.setBytes("bytes", new byte[] {0, 127, -128, -1});
    return message;
  }

  static StreamMessage stream(Session session) throws Exception {
    StreamMessage message = session.createStreamMessage();
    message.writeBoolean(false);
    message.writeByte(Byte.MAX_VALUE);
    message.writeShort(Short.MAX_VALUE);
    message.writeChar('ß');
    message.writeInt(Integer.MAX_VALUE);
    message.writeLong(Long.MAX_VALUE);
    message.writeFloat(-0.5f);
    message.writeDouble(-0.0);
    message.writeString("Größe");
    message.writeObject(null);
    return message;
  }

  static StreamMessage streamOfBytes(Session session) throws Exception {
    StreamMessage message = session.createStreamMessage();
    message.writeBytes(new byte[] {0, 127, -128, -1});
    return message;
  }

  static Message properties(Session session) throws Exception {
    Message message = session.createTextMessage("properties");
    message.setBooleanProperty("boolean", true);
    message.setByteProperty("byte", (byte) -1);
    message.setShortProperty("short", (short) -2);
    message.setIntProperty("int", -3);
    message.setLongProperty("long", 9_007_199_254_740_993L);
    message.setFloatProperty("float", 1.5f);
    message.setDoubleProperty("double", -0.0);
    message.setStringProperty("text", "Größe");
    message.setStringProperty("empty", "");
    message.setStringProperty("none", null);
    return message;
  }

  static Message headers(Session session) throws Exception {
    Message message = session.createTextMessage("headers");
    message.setJMSType("order");
    message.setJMSCorrelationID("c-1");
    message.setJMSReplyTo(session.createQueue("answers"));
    message.setStringProperty("JMSXGroupID", "g-1");
    message.setIntProperty("JMSXGroupSeq", 5);
    return message;
  }
}
