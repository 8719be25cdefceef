using ActorOrchestrator.Gateway;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ActorOrchestrator.Simulator.Members;

/// <summary>Runs requests through the gateway's pipeline, without a web server.</summary>
internal static class ApiServing
{
    public static async Task<ApiAnswer> ServeAsync(ApiPipeline api, ApiCall call)
    {
        using var body = new MemoryStream();
        var http = Context(call, body, CancellationToken.None);
        await api.InvokeAsync(http);
        return new ApiAnswer(http.Response.StatusCode, body.ToArray());
    }

    /// <summary>A request whose answer is written as it comes, such as a watch.</summary>
    /// <param name="api">Who serves it.</param>
    /// <param name="call">What is asked for.</param>
    /// <param name="write">Gets the status and the next bytes.</param>
    /// <param name="gone">Fires when the client has left.</param>
    public static async Task StreamAsync(
        ApiPipeline api, ApiCall call, Action<int, byte[]> write, CancellationToken gone)
    {
        DefaultHttpContext? http = null;
        using var body = new WriteThrough(bytes => write(http!.Response.StatusCode, bytes));
        http = Context(call, body, gone);
        await api.InvokeAsync(http);
    }

    private static DefaultHttpContext Context(ApiCall call, Stream answer, CancellationToken gone)
    {
        var http = new DefaultHttpContext();
        var query = call.Path.IndexOf('?', StringComparison.Ordinal);
        http.Request.Method = call.Method;
        http.Request.Path = Uri.UnescapeDataString(query < 0 ? call.Path : call.Path[..query]);
        http.Request.QueryString = new QueryString(query < 0 ? "" : call.Path[query..]);
        http.Features.Get<IHttpRequestFeature>()!.RawTarget = call.Path;
        http.Request.Headers.Authorization = $"Bearer {ControlMember.Token}";
        http.Request.Headers.UserAgent = "simulator/1";
        if (call.Accept.Length > 0)
        {
            http.Request.Headers.Accept = call.Accept;
        }

        if (!call.Body.IsEmpty)
        {
            http.Request.Headers.ContentType = call.ContentType;
            http.Request.ContentLength = call.Body.Length;
            http.Request.Body = new MemoryStream(call.Body.ToArray(), writable: false);
        }

        http.Response.Body = answer;
        http.RequestAborted = gone;
        return http;
    }

    /// <summary>Hands on every write at once.</summary>
    private sealed class WriteThrough(Action<byte[]> write) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => write(buffer.ToArray());

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            Write(buffer, offset, count);
            return Task.CompletedTask;
        }

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }
    }
}
