// Package wire is the Jupyter messaging format: what a message is, how it is
// cut into frames, signed and checked, and what its content may hold. It opens
// no socket and knows no ZeroMQ, which is runnext/kernel/socket; it decides
// nothing about order, busy or idle, which is runnext/kernel/session.
//
// What comes from outside is read leniently where the protocol gives a default
// and refused with a typed error where it does not. What goes out is always
// valid UTF-8 and valid JSON.
package wire

import "encoding/json"

// ProtocolVersion is the version of the messaging specification whose rules
// are kept, iopub_welcome included (jupyter messaging 5.5).
const ProtocolVersion = "5.5"

// Delimiter ends the identities of a message.
const Delimiter = "<IDS|MSG>"

// Header is the part of a message that says which message it is.
type Header struct {
	MsgID      string `json:"msg_id"`
	Session    string `json:"session"`
	Username   string `json:"username"`
	Date       string `json:"date"` // ISO 8601, as the sender wrote it
	MsgType    string `json:"msg_type"`
	Version    string `json:"version"`
	SubshellID string `json:"subshell_id,omitempty"` // JEP 91; "" is the main shell
}

// Message is one message, either way. The JSON parts are kept as bytes: they
// are what the signature covers, and RawHeader becomes the parent_header of
// every answer byte for byte, so fields this package has never heard of
// survive. A Message must not be changed once it is shared.
type Message struct {
	// Identities stand before the delimiter: the route back to a client, or on
	// iopub the one topic frame.
	Identities [][]byte
	// Header is RawHeader, read. [Codec.Encode] looks at RawHeader alone.
	Header Header

	RawHeader, ParentHeader, Metadata, Content json.RawMessage

	// Buffers are binary frames after the content. They are not signed.
	Buffers [][]byte
}

// Types of the messages a kernel takes and sends (jupyter messaging 5.5).
const (
	TypeExecuteRequest    = "execute_request"
	TypeExecuteReply      = "execute_reply"
	TypeInspectRequest    = "inspect_request"
	TypeInspectReply      = "inspect_reply"
	TypeCompleteRequest   = "complete_request"
	TypeCompleteReply     = "complete_reply"
	TypeHistoryRequest    = "history_request"
	TypeHistoryReply      = "history_reply"
	TypeIsCompleteRequest = "is_complete_request"
	TypeIsCompleteReply   = "is_complete_reply"
	TypeConnectRequest    = "connect_request"
	TypeConnectReply      = "connect_reply"
	TypeCommInfoRequest   = "comm_info_request"
	TypeCommInfoReply     = "comm_info_reply"
	TypeKernelInfoRequest = "kernel_info_request"
	TypeKernelInfoReply   = "kernel_info_reply"
	TypeCommOpen          = "comm_open"
	TypeCommMsg           = "comm_msg"
	TypeCommClose         = "comm_close"

	TypeShutdownRequest       = "shutdown_request"
	TypeShutdownReply         = "shutdown_reply"
	TypeInterruptRequest      = "interrupt_request"
	TypeInterruptReply        = "interrupt_reply"
	TypeDebugRequest          = "debug_request"
	TypeDebugReply            = "debug_reply"
	TypeUsageRequest          = "usage_request"
	TypeUsageReply            = "usage_reply"
	TypeCreateSubshellRequest = "create_subshell_request"
	TypeCreateSubshellReply   = "create_subshell_reply"
	TypeDeleteSubshellRequest = "delete_subshell_request"
	TypeDeleteSubshellReply   = "delete_subshell_reply"
	TypeListSubshellRequest   = "list_subshell_request"
	TypeListSubshellReply     = "list_subshell_reply"

	TypeStatus            = "status"
	TypeStream            = "stream"
	TypeDisplayData       = "display_data"
	TypeUpdateDisplayData = "update_display_data"
	TypeExecuteInput      = "execute_input"
	TypeExecuteResult     = "execute_result"
	TypeError             = "error"
	TypeClearOutput       = "clear_output"
	TypeIOPubWelcome      = "iopub_welcome"
	TypeDebugEvent        = "debug_event"

	TypeInputRequest = "input_request"
	TypeInputReply   = "input_reply"
)
