using Akka.Actor.Setup;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ActorOrchestrator.Actors.Hosting;

/// <summary>A running member and nothing else: a host of its own, for benchmarks and tests.</summary>
public sealed class Member : IAsyncDisposable
{
    private readonly IHost _host;

    private Member(IHost host) => _host = host;

    public ControlPlane Plane => _host.Services.GetRequiredService<ControlPlane>();

    /// <inheritdoc cref="MemberRegistration.AddMember" path="/param"/>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<Member> StartAsync(
        ControlPlaneOptions options, string akka, IReadOnlyList<Setup> setups, CancellationToken cancellation)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services.AddMember(options, akka, setups);
        var member = new Member(builder.Build());
        try
        {
            await member._host.StartAsync(cancellation);
            return member;
        }
        catch
        {
            await member.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
