func webhook(w http.ResponseWriter, r *http.Request) {
	// The bytes as they came, bounded. Before r.ParseForm or a json.Decoder on r.Body.
	rawBody, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 25<<20))
	if err != nil {
		http.Error(w, "body too large", http.StatusRequestEntityTooLarge)
		return
	}
	if !verify(rawBody, r.Header) {
		http.Error(w, "bad signature", http.StatusBadRequest)
		return
	}
	var event map[string]any
	if err := json.Unmarshal(rawBody, &event); err != nil {
		http.Error(w, "no JSON", http.StatusBadRequest)
		return
	}
	handle(event)
}
