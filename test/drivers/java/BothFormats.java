import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Properties;

/** What queries give in one format, a value a line: {@code BothFormats PORT TOKEN FORMAT SQL...} */
public class BothFormats {
  public static void main(String[] args) throws Exception {
    Properties properties = new Properties();
    properties.put("account", "sluice");
    properties.put("authenticator", "oauth");
    properties.put("token", args[1]);
    properties.put("JDBC_QUERY_RESULT_FORMAT", args[2]);
    String url = "jdbc:snowflake://http://127.0.0.1:" + args[0] + "/?db=SHOP&schema=PUBLIC";
    StringBuilder seen = new StringBuilder();
    try (Connection connection = DriverManager.getConnection(url, properties);
        Statement statement = connection.createStatement()) {
      for (int query = 3; query < args.length; query += 1) {
        try (ResultSet rows = statement.executeQuery(args[query])) {
          int columns = rows.getMetaData().getColumnCount();
          long hash = 7;
          long count = 0;
          while (rows.next()) {
            count += 1;
            for (int column = 1; column <= columns; column += 1) {
              String value = String.valueOf(rows.getString(column));
              hash = hash * 31 + value.hashCode();
              if (count <= 3) seen.append(rows.getMetaData().getColumnTypeName(column)).append(' ').append(value).append('\n');
            }
          }
          seen.append(count).append(" rows, ").append(hash).append('\n');
        }
      }
    }
    System.out.print(seen);
    System.exit(0);
  }
}
