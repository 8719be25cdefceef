using ActorOrchestrator.Agent.Network;

namespace ActorOrchestrator.Agent.Tests.Network;

/// <summary>What a machine remembers of its pod network.</summary>
public sealed class PodNetworkStateTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ao-network-").FullName;

    [Fact]
    public void What_was_written_is_read()
    {
        var state = new PodNetworkState("10.244.3.0/24", "10.244.0.0/16", 1450, ["10.244.1.0/24"], UsesVxlan: true);
        state.Write(_directory);
        Assert.Equal(state, Read());
    }

    [Fact]
    public void Nothing_is_known_of_a_new_machine() => Assert.Null(Read());

    [Theory]
    [InlineData("")]
    [InlineData("{\"Subnet\": \"10.244.3.0/24\", \"Clus")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"Subnet\": \"ten\", \"Former\": []}")]
    [InlineData("{\"Subnet\": \"10.244.3.0/24\", \"Cluster\": \"all\", \"Former\": []}")]
    [InlineData("{\"Subnet\": \"10.244.3.0/24\"}")]
    public void A_damaged_file_is_told_of_by_its_name(string text)
    {
        var file = Path.Combine(_directory, "pod-network.json");
        File.WriteAllText(file, text);
        var failure = Assert.Throws<InvalidDataException>(Read);
        Assert.Contains(file, failure.Message, StringComparison.Ordinal);
        Assert.Contains("delete it", failure.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private PodNetworkState? Read() => PodNetworkState.Read(_directory, Path.Combine(_directory, "cni"));
}
