using ActorOrchestrator.EndToEnd.Tests.Harness;
using ActorOrchestrator.EndToEnd.Tests.Members;

namespace ActorOrchestrator.EndToEnd.Tests.Security;

/// <summary>A cluster with containers that logs all it can, of which every file is known that it writes anywhere. It
/// has a network of its own too: what clusters of one network note about it is in files.</summary>
public sealed class LayeredCluster : IAsyncLifetime
{
    /// <summary>Of the tests that share it, one after the other.</summary>
    public const string Collection = "layered";

    private readonly string _scratch = Places.NewScratch("layers");
    private Segment? _segment;
    private WrittenLayers? _layers;
    private Cluster? _cluster;

    internal WrittenLayers Layers => _layers ?? throw new InvalidOperationException("there are no layers");

    internal Cluster Cluster => _cluster ?? throw new InvalidOperationException("there is no cluster");

    public async ValueTask InitializeAsync()
    {
        _segment = await Segment.MakeAsync(1, _scratch);
        _layers = await WrittenLayers.MakeAsync(_scratch, Places.Repository);
        _cluster = await Cluster.StartAsync(new()
        {
            DataDirectory = Path.Combine(_scratch, "data"),
            Address = _segment.Address(1),
            Inside = [.. _segment.Inside(1), .. _layers.Inside],
            Umask = "000",
            MoreArguments =
            [
                "--set", $"api.kubeconfig-host={_segment.Address(1)}",
                "--set", "logging.level=Verbose", "--set", "akka.loglevel=DEBUG",
            ],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        if (_layers is not null)
        {
            await _layers.DisposeAsync();
        }

        if (_segment is not null)
        {
            await _segment.DisposeAsync();
        }

        Directory.Delete(_scratch, recursive: true);
    }
}

[CollectionDefinition(LayeredCluster.Collection)]
public sealed class LayeredTests : ICollectionFixture<LayeredCluster>;
