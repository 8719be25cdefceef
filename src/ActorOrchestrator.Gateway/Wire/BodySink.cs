using System.Buffers;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace ActorOrchestrator.Gateway.Wire;

/// <summary>
/// The body of an answer whose size is not known before it is written. Small ones go out whole, with their length;
/// larger ones flow out in pieces (compressed if accepted), so that a list of any size takes one piece of memory.
/// </summary>
internal sealed class BodySink(HttpContext http, string contentType) : IAsyncDisposable
{
    private const int PieceBytes = ResponseWriter.GzipBytesMin;

    private GZipStream? _gzip;
    private bool _flowing;

    public PooledBuffer Buffer { get; } = new();

    public ValueTask DrainIfLargeAsync() => Buffer.Length > PieceBytes ? DrainAsync() : ValueTask.CompletedTask;

    public async ValueTask CompleteAsync()
    {
        if (!_flowing)
        {
            await ResponseWriter.SendAsync(http, 200, contentType, Buffer.Written);
            return;
        }

        await DrainAsync();
        if (_gzip is not null)
        {
            await _gzip.DisposeAsync();
        }

        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    public ValueTask DisposeAsync()
    {
        // An answer that broke off must not get gzip's proper end: the client could take it for complete.
        Buffer.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask DrainAsync()
    {
        if (!_flowing)
        {
            _flowing = true;
            http.Response.ContentType = contentType;
            _gzip = ResponseWriter.AcceptsGzip(http.Request) ? ResponseWriter.BeginGzip(http.Response) : null;
        }

        if (_gzip is not null)
        {
            await _gzip.WriteAsync(Buffer.Written, http.RequestAborted);
        }
        else
        {
            http.Response.BodyWriter.Write(Buffer.Written.Span);
            await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        }

        Buffer.Reset();
    }
}
