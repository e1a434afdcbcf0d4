// The conversations of conversation.ts and shop.ts with gosnowflake, one JSON object of what it saw:
// conversation scripted PORT TOKEN, conversation shop PORT TOKEN
package main

import (
	"bufio"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	sf "github.com/snowflakedb/gosnowflake"
)

func main() {
	port, err := strconv.Atoi(os.Args[2])
	must(err)
	token := os.Args[3]
	db := connect(port, token)
	var seen map[string]any
	switch os.Args[1] {
	case "scripted":
		seen = scripted(db)
		seen["invalidToken"] = numbers(connect(port, "invalid-token").Ping())
	case "files":
		seen = map[string]any{"files": files(db, false)}
	default:
		seen = shop(db)
	}
	must(db.Close())
	must(json.NewEncoder(os.Stdout).Encode(seen))
}

func connect(port int, token string) *sql.DB {
	connector := sf.NewConnector(sf.SnowflakeDriver{}, sf.Config{
		Account: "sluice", Host: "127.0.0.1", Port: port, Protocol: "http",
		Authenticator: sf.AuthTypeOAuth, Token: token,
	})
	return sql.OpenDB(connector)
}

func scripted(db *sql.DB) map[string]any {
	seen := map[string]any{"driver": "gosnowflake " + sf.SnowflakeGoDriverVersion}

	var integer int64
	var decimal, real float64
	var text, variant string
	var truth bool
	var date, clock, naive, zoned time.Time
	var binary []byte
	var none sql.NullString
	must(db.QueryRow("SELECT types").Scan(&integer, &decimal, &real, &text, &truth, &date, &clock, &naive, &zoned, &binary, &variant, &none))
	seen["types"] = []any{integer, decimal, real, text, truth, date.Format("2006-01-02"), clock.Format("15:04:05.999999999"),
		naive.UTC().Format(time.RFC3339Nano), zoned.Format(time.RFC3339Nano), fmt.Sprintf("%x", binary), variant, none.Valid}

	var held string
	must(db.QueryRow("SELECT held").Scan(&held))
	seen["held"] = held

	untilTold, cancel := context.WithCancel(context.Background())
	go func() {
		// A line from the test: the statement is held, and the driver polls.
		_, err := bufio.NewReader(os.Stdin).ReadString('\n')
		must(err)
		cancel()
	}()
	_, err := db.ExecContext(untilTold, "SELECT for ever")
	seen["cancelled"] = errors.Is(err, context.Canceled)

	_, err = db.Exec("SELECT blocked")
	seen["blocked"] = refusal(err)

	result, err := db.Exec("INSERT INTO t VALUES (?, ?)", 7, "x")
	must(err)
	seen["inserted"], _ = result.RowsAffected()

	many, texts := []int{1, 2, 3}, []string{"a", "b", "c"}
	result, err = db.Exec("INSERT INTO t VALUES (?, ?)", sf.Array(&many), sf.Array(&texts))
	must(err)
	seen["insertedMany"], _ = result.RowsAffected()

	rows, err := db.Query("SELECT many")
	must(err)
	count, inOrder := 0, true
	for rows.Next() {
		var n int
		var t string
		must(rows.Scan(&n, &t))
		inOrder = inOrder && n == count && t == fmt.Sprintf("row %d", count)
		count++
	}
	must(rows.Err())
	seen["many"], seen["manyInOrder"] = count, inOrder
	return seen
}

func shop(db *sql.DB) map[string]any {
	seen := map[string]any{}

	rows, err := db.Query("SELECT ID, NAME, EMAIL, CARD_NUMBER, BIRTH_DATE, CREDIT_LIMIT FROM CUSTOMERS WHERE ID = ?", 7)
	must(err)
	columns, err := rows.ColumnTypes()
	must(err)
	types := []string{}
	for _, column := range columns {
		types = append(types, column.DatabaseTypeName())
	}
	seen["types"] = types
	var id int64
	var name, email, card, credit string
	var birth time.Time
	rows.Next()
	must(rows.Scan(&id, &name, &email, &card, &birth, &credit))
	must(rows.Close())
	seen["masked"] = []string{strconv.FormatInt(id, 10), name, email, card, birth.Format("2006-01-02"), credit}

	_, err = db.Exec("SELECT ID FROM CUSTOMERS WHERE CARD_NUMBER LIKE '4%'")
	seen["refused"] = refusal(err)

	result, err := db.Exec("UPDATE ORDERS SET STATUS = ? WHERE ID = ?", "seen", 7)
	must(err)
	seen["approved"], _ = result.RowsAffected()
	var after string
	must(db.QueryRow("SELECT STATUS FROM ORDERS WHERE ID = 7").Scan(&after))
	seen["after"] = after
	_, err = db.Exec("DELETE FROM ORDERS WHERE ID = 7")
	seen["denied"] = refusal(err)

	rows, err = db.Query("SELECT O.ID, P.ID, SHA2(O.ID || '/' || P.ID) FROM ORDERS O, PRODUCTS P WHERE O.ID <= 300 ORDER BY 1, 2")
	must(err)
	count, inOrder := 0, true
	for rows.Next() {
		var order, product int
		var text string
		must(rows.Scan(&order, &product, &text))
		inOrder = inOrder && order == count/500+1 && product == count%500+1 && len(text) == 64
		count++
	}
	must(rows.Err())
	seen["many"], seen["manyInOrder"] = count, inOrder
	seen["files"] = files(db, true)
	return seen
}

// files sends a file to a stage, has it read there, and gets it back: what is in it, and how many lines the relay saw.
func files(db *sql.DB, isRead bool) []any {
	folder, err := os.MkdirTemp("", "sluice-files-")
	must(err)
	defer os.RemoveAll(folder)
	content := []byte("1,one\n2,two\n")
	must(os.WriteFile(filepath.Join(folder, "rows.csv"), content, 0o600))
	exec := func(sql string) {
		_, err := db.Exec(sql)
		must(err)
	}
	exec("PUT file://" + folder + "/rows.csv @~/go")
	var lines any
	if isRead {
		var count int
		must(db.QueryRow("SELECT COUNT($2) FROM @~/go").Scan(&count))
		lines = count
	}
	exec("GET @~/go file://" + folder + "/")
	if isRead {
		exec("REMOVE @~/go")
	}
	packed, err := os.Open(filepath.Join(folder, "rows.csv.gz"))
	must(err)
	defer packed.Close()
	reader, err := gzip.NewReader(packed)
	must(err)
	back, err := io.ReadAll(reader)
	must(err)
	return []any{lines, string(back)}
}

func numbers(err error) any {
	var failure *sf.SnowflakeError
	if errors.As(err, &failure) {
		return []any{failure.Number, failure.SQLState}
	}
	return fmt.Sprint(err)
}

func refusal(err error) any {
	var failure *sf.SnowflakeError
	if errors.As(err, &failure) {
		return []any{failure.Number, failure.SQLState, failure.Message}
	}
	return fmt.Sprint(err)
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
