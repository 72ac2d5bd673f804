// Writes each document in every way. One document a line in, one line of hex texts out.
package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

func written(document any, escapes bool, indent string) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(escapes)
	encoder.SetIndent("", indent)
	if err := encoder.Encode(document); err != nil {
		panic(err)
	}
	return hex.EncodeToString(bytes.TrimSuffix(out.Bytes(), []byte("\n")))
}

func main() {
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var document any
		if err := json.Unmarshal(line, &document); err != nil {
			panic(err)
		}
		var texts []string
		for _, indent := range []string{"", "  ", "    ", "\t"} {
			texts = append(texts, written(document, true, indent), written(document, false, indent))
		}
		fmt.Println(strings.Join(texts, " "))
	}
}
