using System.Text;
using System.Text.Json;
using ActorOrchestrator.Api.Coordination;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Domain.ApiServers;
using ActorOrchestrator.Host.Commands;
using ActorOrchestrator.Host.Serving;

namespace ActorOrchestrator.Host.Clients;

/// <summary>The members of the control plane besides the one that is asked, as far as they live, and where their API
/// is.</summary>
/// <param name="Own">The node of the one that is asked.</param>
/// <param name="Servers">Of the others: their nodes, and their APIs.</param>
internal sealed record OtherMembers(string Own, IReadOnlyList<(string Node, Uri Server)> Servers)
{
    private const string Leases =
        $"/apis/coordination.k8s.io/v1/namespaces/{ApiServerLeases.Namespace}/leases";

    /// <exception cref="ServerStartException">Nobody answers, or it is refused.</exception>
    public static async Task<OtherMembers> ReadAsync(ApiConnection api, CancellationToken cancellation)
    {
        var answer = (await api.GetAsync(MembersCommand.Path, cancellation))!.Value;
        var own = answer.GetProperty("node").GetString()!;
        var leases = ReadLeases((await api.GetAsync(Leases, cancellation))!.Value);
        return new(own,
        [
            .. from member in MembersCommand.Read(answer)
               where member.Status == "Up" && member.Node != own
               let address = ApiServerLeases.AddressOf(member.Node, leases)
               where address is not null
               orderby member.Node
               select (member.Node, new Uri($"https://{address}")),
        ]);
    }

    private static List<Lease> ReadLeases(JsonElement list) =>
    [
        .. list.GetProperty("items").EnumerateArray().Select(item =>
            KubeJson.Read<Lease>(Encoding.UTF8.GetBytes(item.GetRawText()))),
    ];
}
