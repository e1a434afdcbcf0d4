import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.zip.GZIPInputStream;

/**
 * The conversations of conversation.ts and shop.ts with Snowflake's JDBC driver, one JSON object of what it saw:
 * {@code Conversation scripted PORT TOKEN}, {@code Conversation shop PORT TOKEN}
 */
public class Conversation {
  static final List<String> seen = new ArrayList<>();

  public static void main(String[] args) throws Exception {
    String port = args[1];
    try (Connection connection = connect(port, args[2]);
        Statement statement = connection.createStatement()) {
      if (args[0].equals("scripted")) {
        see("driver", quote("snowflake-jdbc " + connection.getMetaData().getDriverVersion()));
        scripted(connection, statement);
        see("invalidToken", code(() -> connect(port, "invalid-token"), false));
      } else if (args[0].equals("files")) {
        files(statement, false);
      } else {
        shop(connection, statement);
      }
    }
    System.out.println("{" + String.join(",", seen) + "}");
    System.exit(0);
  }

  static void scripted(Connection connection, Statement statement) throws Exception {
    try (ResultSet row = statement.executeQuery("SELECT types")) {
      row.next();
      see("types", "[" + row.getLong(1) + "," + row.getBigDecimal(2) + "," + row.getDouble(3) + "," + quote(row.getString(4))
          + "," + row.getBoolean(5) + "," + quote(row.getDate(6).toString()) + "," + quote(row.getTimestamp(8).toString())
          + "," + quote(row.getString(10)) + "," + quote(row.getString(11)) + "," + (row.getString(12) == null) + "]");
    }
    try (ResultSet row = statement.executeQuery("SELECT held")) {
      row.next();
      see("held", quote(row.getString(1)));
    }
    try (Statement endless = connection.createStatement()) {
      Thread cancelling = new Thread(() -> {
        try {
          // A line from the test: the statement is held, and the driver polls.
          while (System.in.read() != '\n');
          endless.cancel();
        } catch (Exception failure) {
          failure.printStackTrace();
        }
      });
      cancelling.start();
      see("cancelled", code(() -> endless.executeQuery("SELECT for ever"), false));
      cancelling.join();
    }
    see("blocked", code(() -> statement.executeQuery("SELECT blocked"), true));
    try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, ?)")) {
      insert.setInt(1, 7);
      insert.setString(2, "x");
      see("inserted", String.valueOf(insert.executeUpdate()));
      for (int i = 0; i < 3; i++) {
        insert.setInt(1, i);
        insert.setString(2, "r" + i);
        insert.addBatch();
      }
      see("insertedMany", String.valueOf(insert.executeBatch().length));
    }
    int count = 0;
    boolean inOrder = true;
    try (ResultSet rows = statement.executeQuery("SELECT many")) {
      while (rows.next()) {
        inOrder &= rows.getInt(1) == count && rows.getString(2).equals("row " + count);
        count++;
      }
    }
    see("many", String.valueOf(count));
    see("manyInOrder", String.valueOf(inOrder));
  }

  static void shop(Connection connection, Statement statement) throws Exception {
    try (PreparedStatement query = connection.prepareStatement(
        "SELECT ID, NAME, EMAIL, CARD_NUMBER, BIRTH_DATE, CREDIT_LIMIT FROM CUSTOMERS WHERE ID = ?")) {
      query.setInt(1, 7);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        List<String> types = new ArrayList<>();
        for (int i = 1; i <= 6; i++) types.add(quote(row.getMetaData().getColumnTypeName(i)));
        see("types", types.toString());
        see("masked", "[" + quote(String.valueOf(row.getLong(1))) + "," + quote(row.getString(2)) + "," + quote(row.getString(3))
            + "," + quote(row.getString(4)) + "," + quote(row.getDate(5).toString()) + "," + quote(row.getBigDecimal(6).toString()) + "]");
      }
    }
    see("refused", code(() -> statement.executeQuery("SELECT ID FROM CUSTOMERS WHERE CARD_NUMBER LIKE '4%'"), true));
    try (PreparedStatement update = connection.prepareStatement("UPDATE ORDERS SET STATUS = ? WHERE ID = ?")) {
      update.setString(1, "seen");
      update.setInt(2, 7);
      see("approved", String.valueOf(update.executeUpdate()));
    }
    try (ResultSet row = statement.executeQuery("SELECT STATUS FROM ORDERS WHERE ID = 7")) {
      row.next();
      see("after", quote(row.getString(1)));
    }
    see("denied", code(() -> statement.executeUpdate("DELETE FROM ORDERS WHERE ID = 7"), true));
    int count = 0;
    boolean inOrder = true;
    try (ResultSet rows = statement.executeQuery(
        "SELECT O.ID, P.ID, SHA2(O.ID || '/' || P.ID) FROM ORDERS O, PRODUCTS P WHERE O.ID <= 300 ORDER BY 1, 2")) {
      while (rows.next()) {
        inOrder &= rows.getInt(1) == count / 500 + 1 && rows.getInt(2) == count % 500 + 1 && rows.getString(3).length() == 64;
        count++;
      }
    }
    see("many", String.valueOf(count));
    see("manyInOrder", String.valueOf(inOrder));
    files(statement, true);
  }

  /** Sends a file to a stage, has it read there, and gets it back: what is in it, and how many lines the relay saw. */
  static void files(Statement statement, boolean isRead) throws Exception {
    Path folder = Files.createTempDirectory("sluice-files-");
    Files.writeString(folder.resolve("rows.csv"), "1,one\n2,two\n");
    statement.execute("PUT file://" + folder + "/rows.csv @~/java");
    String lines = "null";
    if (isRead) {
      try (ResultSet row = statement.executeQuery("SELECT COUNT($2) FROM @~/java")) {
        row.next();
        lines = row.getString(1);
      }
    }
    statement.execute("GET @~/java file://" + folder + "/");
    if (isRead) statement.execute("REMOVE @~/java");
    try (InputStream packed = new GZIPInputStream(Files.newInputStream(folder.resolve("rows.csv.gz")))) {
      see("files", "[" + lines + "," + quote(new String(packed.readAllBytes(), StandardCharsets.UTF_8)) + "]");
    }
  }

  interface Attempt {
    Object run() throws SQLException;
  }

  static Connection connect(String port, String token) throws SQLException {
    Properties properties = new Properties();
    properties.put("account", "sluice");
    properties.put("authenticator", "oauth");
    properties.put("token", token);
    properties.put("ssl", "off");
    return DriverManager.getConnection("jdbc:snowflake://127.0.0.1:" + port + "/", properties);
  }

  static String code(Attempt attempt, boolean withMessage) {
    try {
      attempt.run();
      return "null";
    } catch (SQLException failure) {
      return "[" + failure.getErrorCode() + "," + quote(String.valueOf(failure.getSQLState()))
          + (withMessage ? "," + quote(failure.getMessage()) : "") + "]";
    }
  }

  static String quote(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }

  static void see(String name, String json) {
    seen.add(quote(name) + ":" + json);
  }
}
