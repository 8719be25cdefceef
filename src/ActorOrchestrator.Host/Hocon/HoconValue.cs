namespace ActorOrchestrator.Host.Hocon;

/// <summary>A parsed setting, with the place that it was written at for messages.</summary>
internal abstract record HoconValue(string Origin)
{
    public sealed record Text(string Value, string Origin) : HoconValue(Origin);

    public sealed record List(IReadOnlyList<HoconValue> Items, string Origin) : HoconValue(Origin);

    /// <summary><c>${path}</c>, or <c>${?path}</c> which leaves the setting as it was when nothing has that
    /// name.</summary>
    public sealed record Reference(string Path, bool IsOptional, string Origin) : HoconValue(Origin);

    public sealed record Object(SortedDictionary<string, HoconValue> Members, string Origin) : HoconValue(Origin)
    {
        public static Object Empty(string origin) =>
            new(new SortedDictionary<string, HoconValue>(StringComparer.Ordinal), origin);

        /// <summary>Sets the value at a dotted path; objects merge, everything else is replaced.</summary>
        public void Set(IReadOnlyList<string> path, HoconValue value)
        {
            var target = this;
            foreach (var key in path.Take(path.Count - 1))
            {
                if (target.Members.GetValueOrDefault(key) is not Object inner)
                {
                    inner = Empty(value.Origin);
                    target.Members[key] = inner;
                }

                target = inner;
            }

            target.Put(path[^1], value);
        }

        public void Merge(Object other)
        {
            foreach (var (key, value) in other.Members)
            {
                Put(key, value);
            }
        }

        private void Put(string key, HoconValue value)
        {
            switch (Members.GetValueOrDefault(key), value)
            {
                case (Object old, Object added):
                    old.Merge(added);
                    break;
                case ({ } old, Reference { IsOptional: true } reference):
                    Members[key] = new Fallback(reference, old, value.Origin);
                    break;
                default:
                    Members[key] = value;
                    break;
            }
        }
    }

    /// <summary>An optional reference over an earlier value.</summary>
    public sealed record Fallback(Reference First, HoconValue Otherwise, string Origin) : HoconValue(Origin);
}

/// <summary>A settings file is wrong; the message names file, line and what to do.</summary>
public sealed class SettingsException(string message) : Exception(message);
