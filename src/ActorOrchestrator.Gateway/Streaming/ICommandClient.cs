using ActorOrchestrator.Api;
using ActorOrchestrator.Streams.Commands;

namespace ActorOrchestrator.Gateway.Streaming;

/// <summary>Who asked for a command or an attachment, connected.</summary>
internal interface ICommandClient : IAsyncDisposable
{
    CommandStreams Streams { get; }

    /// <summary>Cancelled when the client has left.</summary>
    CancellationToken Gone { get; }

    /// <summary>Tells how the command ended, behind all of its output, and says goodbye.</summary>
    Task EndAsync(Status end);
}

/// <summary>How the end of a command is told: as a Status since version 4, as a text, and only of a failure,
/// before.</summary>
internal static class CommandEndText
{
    public const int StatusVersion = 4;

    public static byte[] Of(Status end, int version)
    {
        if (version >= StatusVersion)
        {
            using var json = new Wire.PooledBuffer();
            Wire.Codec.Write(json, end, Negotiation.ResponseFormat.Json);
            return json.Written.ToArray();
        }

        return end.Result == CommandEnds.Success.Result ? [] : System.Text.Encoding.UTF8.GetBytes(end.Message ?? "");
    }
}
