"""What every build step may use: errors, fences, links, maths, Markdown, schemas, templates."""
