using System.IO.Pipelines;
using ActorOrchestrator.Actors.Hosting.Datagrams;
using ActorOrchestrator.Actors.Nodes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Errors;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace ActorOrchestrator.Gateway.Server;

/// <summary>
/// <c>POST /pulse</c>: a request that a machine which only runs pods keeps open, with a byte as each sign of life; each
/// is answered by one, so that the machine knows that it is heard. Both ways at once need HTTP/2. The answer's head
/// offers heartbeats beside it (<see cref="HeartbeatOffer"/>). <c>GET /pulse</c> has that head alone, for whoever only
/// asks whether they would come through: it is no sign of life.
/// <code>
///   machine ► . . . . . .   end: it stops in good order    broken: nothing is known
///           ◄ . . . . . .   end: this member stops, another one is to be asked
/// </code>
/// </summary>
/// <param name="machines">Where signs of life are counted; null: not yet, or nowhere.</param>
/// <param name="stopping">This member stops.</param>
internal sealed class PulseEndpoint(Func<MachineWatch?> machines, CancellationToken stopping)
{
    private static readonly byte[] Heard = [(byte)'.'];

    public PathEndpoint Endpoint() => new(OpenPaths.Pulse, Below: false, ServeAsync) { Methods = ["POST", "GET"] };

    private async Task ServeAsync(HttpContext http, string below, Identity who)
    {
        if (who.Impersonator is not null || NodeIdentity.NameOf(who) is not { Length: > 0 } node)
        {
            throw Failure.BadRequest("only a machine says of itself that it lives");
        }

        var asks = HttpMethods.IsGet(http.Request.Method);
        if (!asks && !HttpProtocol.IsHttp2(http.Request.Protocol))
        {
            throw Failure.BadRequest($"{OpenPaths.Pulse} needs HTTP/2");
        }

        if (machines() is not { } watch)
        {
            throw new StatusException(Statuses.ServiceUnavailable("no machines are listened to"));
        }

        if (asks)
        {
            http.Response.Headers[HeartbeatOffer.Header] = watch.Questions?.Format();
            return;
        }

        Unbound(http);
        var connection = await OpenAsync(watch, node, http);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        try
        {
            await ListenAsync(connection, http.Request.BodyReader, http.Response.BodyWriter, ending.Token);
            connection.End();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            connection.End();
        }
        catch (Exception broken) when (
            broken is IOException or OperationCanceledException or ConnectionAbortedException)
        {
            // Whether the machine lives is judged by its silence.
        }
    }

    private static async Task<MachineConnection> OpenAsync(MachineWatch watch, string node, HttpContext http)
    {
        var connection = watch.Open(node);
        try
        {
            http.Response.Headers[HeartbeatOffer.Header] = connection.Heartbeats.Format();
            await http.Response.StartAsync(http.RequestAborted);
            await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
            return connection;
        }
        catch
        {
            // The machine does not know of it, and says nothing on it.
            connection.End();
            throw;
        }
    }

    private static async Task ListenAsync(
        MachineConnection connection, PipeReader signs, PipeWriter answers, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await signs.ReadAsync(cancellation);
            connection.Hear();
            signs.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }

            await answers.WriteAsync(Heard, cancellation);
        }
    }

    /// <summary>It lasts, and a byte now and then is all that comes.</summary>
    private static void Unbound(HttpContext http)
    {
        http.Features.Get<IHttpMinRequestBodyDataRateFeature>()?.MinDataRate = null;
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = null;
    }
}
