using ActorOrchestrator.Simulator.Network;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Members;

/// <summary>A client of the API on a host of its own: what it asks crosses the network to one member, and, when that
/// does not answer, the next request goes to another.</summary>
internal sealed class ApiClient(SimulatedNetwork network, SimulatedProcess client, MemberChoice members)
{
    /// <summary>Longer than the server's own bound on a command, so that its 504 is heard.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(40);

    public async Task<ApiAnswer> SendAsync(ApiCall call)
    {
        var to = members.Member;
        try
        {
            return await network.CallAsync(
                client, to?.Process,
                () => to!.Plane is null
                    ? throw new IOException("connection refused")
                    : ApiServing.ServeAsync(to.Api, call),
                isIdempotent: false, AnswerTimeout, CancellationToken.None);
        }
        catch (IOException lost)
        {
            members.Next();
            return ApiAnswer.Lost(lost.Message);
        }
    }

    /// <summary>Opens an answer that comes in pieces, each with the status. Cancelling hangs up.</summary>
    /// <exception cref="IOException">There is no connection.</exception>
    public async Task<SimulatedStream<(int Code, byte[] Bytes)>> OpenAsync(ApiCall call, CancellationToken hangUp)
    {
        var to = members.Member;
        SimulatedStream<(int Code, byte[] Bytes)>? stream = null;
        var isGivenUp = false;
        try
        {
            return await network.CallAsync(
                client, to?.Process,
                () =>
                {
                    if (to!.Plane is null)
                    {
                        throw new IOException("connection refused");
                    }

                    stream = new SimulatedStream<(int, byte[])>(network, to.Process, client);
                    if (isGivenUp)
                    {
                        stream.Break("the client is gone");
                    }

                    to.Process.Start(() => ServeAsync(to, call, stream, hangUp));
                    return Task.FromResult(stream);
                },
                isIdempotent: false, AnswerTimeout, hangUp);
        }
        catch (Exception lost) when (lost is IOException or OperationCanceledException)
        {
            // Nobody will read it: to the server that is a connection that ended.
            isGivenUp = true;
            stream?.Break("the client is gone");
            members.Next();
            throw;
        }
    }

    private static async Task ServeAsync(
        ControlMember server, ApiCall call, SimulatedStream<(int Code, byte[] Bytes)> stream, CancellationToken hangUp)
    {
        if (stream.IsBroken)
        {
            return;
        }

        using var gone = CancellationTokenSource.CreateLinkedTokenSource(hangUp);
        stream.Broken += gone.Cancel;
        await ApiServing.StreamAsync(server.Api, call, (code, bytes) => stream.Write((code, bytes)), gone.Token);
        stream.Broken -= gone.Cancel;
        stream.Complete();
    }
}
