using System.Buffers.Binary;
using System.Text;

namespace ActorOrchestrator.Streams.Spdy;

/// <summary>The text that header blocks of SPDY/3.1 refer to before they have one of their own (section 2.6.10.1 of the
/// protocol): words, each after its length, then what is common in values.</summary>
internal static class SpdyDictionary
{
    /// <summary>Its Adler-32, by which a zlib stream names its dictionary.</summary>
    public const uint Checksum = 0xE3C6A7C2;

    private const string Words =
        "options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age "
        + "allow authorization cache-control connection content-base content-encoding content-language content-length "
        + "content-location content-md5 content-range content-type date etag expect expires from host if-match "
        + "if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma "
        + "proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding "
        + "upgrade user-agent vary via warning www-authenticate method get status 200_OK version HTTP/1.1 url public "
        + "set-cookie keep-alive origin";

    private const string Values =
        "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505"
        + "203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized"
        + "403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable"
        + "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT"
        + "chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,"
        + "text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.";

    public static readonly byte[] Bytes = Build();

    private static byte[] Build()
    {
        using var bytes = new MemoryStream();
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var word in Words.Split(' '))
        {
            BinaryPrimitives.WriteInt32BigEndian(length, word.Length);
            bytes.Write(length);
            bytes.Write(Encoding.ASCII.GetBytes(word.Replace('_', ' ')));
        }

        bytes.Write(Encoding.ASCII.GetBytes(Values));
        return bytes.ToArray();
    }
}
