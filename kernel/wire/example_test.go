package wire_test

import (
	"fmt"
	"time"

	"runnext/kernel/wire"
)

// A request comes in as frames, its answer goes out as frames.
func ExampleCodec() {
	info, err := wire.ParseConnectionInfo([]byte(connectionFile))
	if err != nil {
		fmt.Println(err)
		return
	}
	codec, err := wire.NewCodec([]byte(info.Key), info.SignatureScheme, wire.CodecConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	clock := func() time.Time { return time.Unix(0, 0) }
	client := wire.NewOrigin("client", "ada", clock, nil)
	kernel := wire.NewOrigin("kernel", "kernel", clock, nil)

	question, _ := client.Reply(nil, wire.TypeShutdownRequest, wire.ShutdownRequest{Restart: true})
	question.Identities = [][]byte{[]byte("client")}
	frames, _ := codec.Encode(question)

	request, err := codec.Decode(frames)
	if err != nil {
		fmt.Println(err)
		return
	}
	shutdown, _ := wire.ParseShutdownRequest(request.Content)
	answer, _ := kernel.Reply(request, wire.TypeShutdownReply, wire.ShutdownReply{Status: wire.StatusOK, Restart: shutdown.Restart})
	fmt.Printf("%s\n%s\n%s\n", answer.Identities[0], answer.Header.MsgType, answer.Content)

	_, err = codec.Decode(frames)
	fmt.Println(err)
	// Output:
	// client
	// shutdown_reply
	// {"status":"ok","restart":true}
	// message was seen before
}
