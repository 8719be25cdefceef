using System.Buffers;
using System.IO.Pipelines;
using ActorOrchestrator.Gateway.Errors;
using Microsoft.AspNetCore.Http;

namespace ActorOrchestrator.Gateway.Wire;

/// <summary>Reads a request's body as a whole, within <see cref="Failure.BodyBytesMax"/>.</summary>
internal static class RequestBody
{
    public static async ValueTask<PooledBuffer> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (request.Headers.ContentEncoding is { Count: > 0 } encoding && encoding != "identity")
        {
            throw Failure.UnsupportedMediaType();
        }

        var expected = Math.Min(request.ContentLength ?? 0, Failure.BodyBytesMax);
        var body = new PooledBuffer((int)Math.Max(expected, 1024));
        try
        {
            await FillAsync(request.BodyReader, body, cancellation);
            return body;
        }
        catch (Exception)
        {
            body.Dispose();
            throw;
        }
    }

    private static async ValueTask FillAsync(PipeReader reader, PooledBuffer body, CancellationToken cancellation)
    {
        var tooLarge = false;
        while (true)
        {
            var read = await reader.ReadAsync(cancellation);
            tooLarge |= body.Length + read.Buffer.Length > Failure.BodyBytesMax;
            if (!tooLarge)
            {
                foreach (var segment in read.Buffer)
                {
                    body.Write(segment.Span);
                }
            }

            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        if (tooLarge)
        {
            throw Failure.BodyTooLarge();
        }
    }
}
