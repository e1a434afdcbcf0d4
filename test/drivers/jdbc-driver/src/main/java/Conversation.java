import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** The conversation of conversation.ts with Snowflake's JDBC driver; prints one JSON object of what it saw. */
public class Conversation {
  static final List<String> seen = new ArrayList<>();

  public static void main(String[] args) throws Exception {
    try (Connection connection = connect(args[0], "ada-token");
        Statement statement = connection.createStatement()) {
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
      try (Statement limited = connection.createStatement()) {
        limited.setQueryTimeout(1);
        see("cancelled", code(() -> limited.executeQuery("SELECT for ever")));
      }
      see("blocked", code(() -> statement.executeQuery("SELECT blocked")));
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
    see("invalidToken", code(() -> connect(args[0], "invalid-token")));
    System.out.println("{" + String.join(",", seen) + "}");
    System.exit(0);
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

  static String code(Attempt attempt) {
    try {
      attempt.run();
      return "null";
    } catch (SQLException failure) {
      return "[" + failure.getErrorCode() + "," + quote(String.valueOf(failure.getSQLState())) + "]";
    }
  }

  static String quote(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  static void see(String name, String json) {
    seen.add(quote(name) + ":" + json);
  }
}
