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

        if (request.ContentLength > Failure.BodyBytesMax)
        {
            throw Failure.BodyTooLarge();
        }

        var body = new PooledBuffer((int)Math.Max(request.ContentLength ?? 0, 1024));
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
        while (true)
        {
            var read = await reader.ReadAsync(cancellation);
            foreach (var segment in read.Buffer)
            {
                body.Write(segment.Span);
            }

            if (body.Length > Failure.BodyBytesMax)
            {
                throw Failure.BodyTooLarge();
            }

            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }
}
