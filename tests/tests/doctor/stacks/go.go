// Re-writes bodies as Go receivers and senders do. One JSON line in, one line of base64 out.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
)

func encoded(document any, escapes bool, indent string) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(escapes)
	encoder.SetIndent("", indent)
	err := encoder.Encode(document)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

func written(way string, body []byte) ([]byte, error) {
	if way == "form" {
		fields, err := url.ParseQuery(string(body))
		return []byte(fields.Encode()), err
	}
	var document any
	if err := json.Unmarshal(body, &document); err != nil {
		return nil, err
	}
	switch way {
	case "map":
		return json.Marshal(document)
	case "unescaped":
		return encoded(document, false, "")
	default:
		return encoded(document, true, "  ")
	}
}

func main() {
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var asked struct{ Way, Body string }
		if json.Unmarshal(line, &asked) != nil {
			return
		}
		body, err := base64.StdEncoding.DecodeString(asked.Body)
		if err == nil {
			body, err = written(asked.Way, body)
		}
		if err != nil {
			fmt.Println("!")
		} else {
			fmt.Println(base64.StdEncoding.EncodeToString(body))
		}
	}
}
