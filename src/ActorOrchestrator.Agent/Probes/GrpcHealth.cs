using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace ActorOrchestrator.Agent.Probes;

/// <summary>
/// grpc.health.v1.Health/Check by hand: a request message <c>{ string service = 1 }</c>, an answer
/// <c>{ ServingStatus status = 1 }</c> (0 UNKNOWN, 1 SERVING, 2 NOT_SERVING, 3 SERVICE_UNKNOWN), each after a frame
/// header of one flag byte and the length in four bytes.
/// </summary>
internal static class GrpcHealth
{
    private const int FrameHeaderBytes = 5;
    private const byte ServiceField = 0x0A;
    private const byte StatusField = 0x08;
    private const int Serving = 1;
    private const int Unimplemented = 12;

    private static readonly string[] s_names = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"];

    public static HttpRequestMessage Request(string host, int port, string service, string userAgent)
    {
        var bracketed = host.Contains(':') ? $"[{host}]" : host;
        var request = new HttpRequestMessage(HttpMethod.Post, $"http://{bracketed}:{port}/grpc.health.v1.Health/Check")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(Frame(service)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        return request;
    }

    public static ProbeOutcome Outcome(HttpResponseMessage response, ReadOnlySpan<byte> body)
    {
        var code = Header(response, "grpc-status");
        if (code == $"{Unimplemented}")
            return new ProbeOutcome(false,
                "error: this server does not implement the grpc health protocol (grpc.health.v1.Health)");
        if (code is not null and not "0")
            return new ProbeOutcome(false,
                $"error: health rpc probe failed: rpc error: code = {code} desc = {Header(response, "grpc-message")}");
        if (response.StatusCode != HttpStatusCode.OK || body.Length < FrameHeaderBytes)
            return new ProbeOutcome(false, $"error: health rpc probe failed: HTTP status {(int)response.StatusCode}");
        var status = Status(body[FrameHeaderBytes..]);
        return status == Serving
            ? new ProbeOutcome(true, "")
            : new ProbeOutcome(false, $"service unhealthy (responded with \"{Name(status)}\")");
    }

    public static byte[] Frame(string service)
    {
        var name = Encoding.UTF8.GetBytes(service);
        var message = name.Length == 0 ? [] : (byte[])[ServiceField, .. VarInt(name.Length), .. name];
        var frame = new byte[FrameHeaderBytes + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, FrameHeaderBytes);
        return frame;
    }

    private static List<byte> VarInt(int value)
    {
        var bytes = new List<byte>();
        for (var left = (uint)value; ; left >>= 7)
        {
            if (left < 0x80)
            {
                bytes.Add((byte)left);
                return bytes;
            }

            bytes.Add((byte)(left | 0x80));
        }
    }

    /// <summary>The default of the enum is not written, so an empty message says UNKNOWN.</summary>
    private static int Status(ReadOnlySpan<byte> message) =>
        message.Length >= 2 && message[0] == StatusField ? message[1] : 0;

    private static string Name(int status) => status < s_names.Length ? s_names[status] : $"{status}";

    private static string? Header(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out var trailing) ? trailing.First()
            : response.Headers.TryGetValues(name, out var leading) ? leading.First() : null;
}
