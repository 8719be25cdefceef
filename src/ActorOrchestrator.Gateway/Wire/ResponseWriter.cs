using System.Buffers;
using System.IO.Compression;
using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Negotiation;
using ActorOrchestrator.Gateway.Routing;
using Microsoft.AspNetCore.Http;

namespace ActorOrchestrator.Gateway.Wire;

/// <summary>Sends one document as the answer, compressed where that pays.</summary>
internal static class ResponseWriter
{
    /// <summary>kube-apiserver compresses from here on: below, the time costs more than the bytes.</summary>
    public const int GzipBytesMin = 128 * 1024;

    public static async Task WriteAsync(ApiRequest request, KubeObject value, int code = 200)
    {
        using var buffer = new PooledBuffer();
        Codec.Write(buffer, value, request.Format, request.Now, request.IncludedObject());
        await SendAsync(request.Http, code, request.Format.ContentType, buffer.Written);
    }

    public static async Task WriteAsync(HttpContext http, Status status, ResponseFormat format)
    {
        if (status.Details is { RetryAfterSeconds: > 0 and var seconds })
        {
            http.Response.Headers.RetryAfter = seconds.ToString();
        }

        using var buffer = new PooledBuffer();
        Codec.Write(buffer, status, format);
        await SendAsync(http, status.Code == 0 ? 200 : status.Code, format.ContentType, buffer.Written);
    }

    public static async Task SendAsync(HttpContext http, int code, string contentType, ReadOnlyMemory<byte> body)
    {
        var response = http.Response;
        response.StatusCode = code;
        response.ContentType = contentType;
        if (HttpMethods.IsHead(http.Request.Method))
        {
            response.ContentLength = body.Length;
            return;
        }

        if (body.Length > GzipBytesMin && AcceptsGzip(http.Request))
        {
            await using var gzip = BeginGzip(response);
            await gzip.WriteAsync(body, http.RequestAborted);
            return;
        }

        response.ContentLength = body.Length;
        response.BodyWriter.Write(body.Span);
        await response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    public static bool AcceptsGzip(HttpRequest request)
    {
        foreach (var header in request.Headers.AcceptEncoding)
        {
            foreach (var coding in (header ?? "").Split(',', StringSplitOptions.TrimEntries))
            {
                if (coding == "gzip"
                    || (coding.StartsWith("gzip;", StringComparison.Ordinal) && !coding.EndsWith("q=0")))
                {
                    return true;
                }
            }
        }

        return false;
    }

    public static GZipStream BeginGzip(HttpResponse response)
    {
        response.Headers.ContentEncoding = "gzip";
        response.Headers.Append("Vary", "Accept-Encoding");
        return new GZipStream(response.BodyWriter.AsStream(), CompressionLevel.Fastest, leaveOpen: true);
    }
}
