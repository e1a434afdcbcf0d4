// The conversation of conversation.ts with gosnowflake; prints one JSON object of what it saw.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	sf "github.com/snowflakedb/gosnowflake"
)

func connect(port int, token string) *sql.DB {
	connector := sf.NewConnector(sf.SnowflakeDriver{}, sf.Config{
		Account: "sluice", Host: "127.0.0.1", Port: port, Protocol: "http",
		Authenticator: sf.AuthTypeOAuth, Token: token,
	})
	return sql.OpenDB(connector)
}

func number(err error) any {
	var failure *sf.SnowflakeError
	if errors.As(err, &failure) {
		return []any{failure.Number, failure.SQLState}
	}
	return fmt.Sprint(err)
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	port, err := strconv.Atoi(os.Args[1])
	must(err)
	seen := map[string]any{}
	db := connect(port, "ada-token")
	ctx := context.Background()

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

	limited, stop := context.WithTimeout(ctx, time.Second)
	_, err = db.ExecContext(limited, "SELECT for ever")
	stop()
	seen["cancelled"] = err != nil

	_, err = db.Exec("SELECT blocked")
	seen["blocked"] = number(err)

	result, err := db.Exec("INSERT INTO t VALUES (?, ?)", 7, "x")
	must(err)
	seen["inserted"], _ = result.RowsAffected()

	numbers, texts := []int{1, 2, 3}, []string{"a", "b", "c"}
	result, err = db.Exec("INSERT INTO t VALUES (?, ?)", sf.Array(&numbers), sf.Array(&texts))
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

	seen["invalidToken"] = number(connect(port, "invalid-token").Ping())
	must(db.Close())
	must(json.NewEncoder(os.Stdout).Encode(seen))
}
